"""`batu-geo import`: convert a file of an office into a table of a study."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import DataError, Problem, ScenarioError
from batu_geo.importing.convert_cells import convert_records, unit_notices, unknown_words
from batu_geo.importing.locate_places import (
    locate_records,
    outline_notices,
    refuse_misplaced,
    repaired_outlines,
    split_other_areas,
)
from batu_geo.importing.matching_outlines import dissolved, with_codes_by_place
from batu_geo.importing.outlines import carry_over_columns, with_joined_codes
from batu_geo.importing.request import Imported, Request, Rows, Table, only_rows
from batu_geo.importing.rows import conforming_records, fill_missing, read_rows, without_personal
from batu_geo.importing.scope import in_scope, scope_of, without_unknown_kinds
from batu_geo.importing.scoping.age_columns import with_age_totals
from batu_geo.importing.scoping.editions import edition_notices, faults_or_splits
from batu_geo.importing.scoping.listed_names import with_listed_names
from batu_geo.importing.study_folder import StudyFolder
from batu_geo.importing.unclear_columns import refuse_unclear, seen_places, unused_columns_notice
from batu_geo.importing.village_codes import assign_codes
from batu_geo.importing.write_table import refuse_existing, staged, write_tables
from batu_geo.sources.cells.header_rows import TABLE_SUFFIXES
from batu_geo.sources.cells.match_columns import SYNONYMS, Synonyms, match_columns, synonyms
from batu_geo.sources.cells.values import is_empty
from batu_geo.sources.files.opening import Opened, open_input
from batu_geo.sources.geometry.projections import utm_zone_of
from batu_geo.sources.geometry.vector_layers import MAP_SUFFIXES, read_map_features
from batu_geo.sources.osm.osm_kinds import (
    OSM_KINDS,
    OsmKinds,
    as_facilities,
    is_osm,
    osm_rules,
    unmatched_tags,
)
from batu_geo.sources.study.study_files import STUDY_FILE
from batu_geo.sources.tables.boundaries import longitude_first, village_polygons
from batu_geo.sources.tables.village_list import VillageList

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batu_geo.domain.tables import Contract
    from batu_geo.sources.cells.match_columns import Match
    from batu_geo.sources.geometry.features import Feature
    from batu_geo.sources.osm.osm_kinds import Rule

OTHER_AREAS = "other_areas.geojson"
MOST_TAGS = 5
IN_ORDER = ("population", "villages", "facilities", "buildings", "indicators", "staffing")


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is taken for, before anybody has agreed.

    Attributes
    ----------
    rows
        Of the file, without personal data.
    matches
        By column of the file: what it is taken for.
    ties
        Columns of the table that two columns of the file could be: the column, one, the other.
    notices
        What is not read.
    unknown
        Words of the file that are no code of their column: the column of the table, the word.
    """

    rows: Rows
    matches: tuple[Match, ...]
    ties: tuple[tuple[str, str, str], ...]
    notices: tuple[Problem, ...]
    unknown: tuple[tuple[str, str], ...]


def import_file(request: Request, confirm: Callable[..., bool]) -> Imported:
    """Read a file, show how its columns are matched, and write the table into the study.

    Parameters
    ----------
    request
        What to import.
    confirm
        Called with the matches and the notices so far; on False nothing is written.

    Raises
    ------
    SourceError, DataError
        When the file cannot be read, or breaks the contract; every fault with its row.
    ScenarioError
        When the study has such records already, or the user declined.
    EnvironmentFault
        When nothing can be written.
    """
    (done,) = import_files([request], confirm)
    return done


def import_files(
    requests: Sequence[Request], confirm: Callable[..., bool], drop: Sequence[str] = ()
) -> list[Imported]:
    """Read several files into one study, all or none of them; see `import_file`.

    Parameters
    ----------
    requests
        At least one, all into the same study; a table that names rows of another comes after it
        whatever their order here.
    confirm
        Called for each file.
    drop
        Optional tables that leave the study.
    """
    begun = StudyFolder.at(requests[0].into)
    folder, brought = begun.without(drop), list[tuple[Request, Table]]()
    for request in sorted(requests, key=lambda r: IN_ORDER.index(r.table)):
        refuse_existing(begun, request)
        table = prepare_table(folder, request, confirm)
        folder = staged(folder, request, table)
        brought.append((request, table))
    more = write_tables(begun, brought, drop)
    return [
        Imported(
            request.table,
            begun.root / begun.path_of(request.table),
            len(table.records),
            (*table.notices, *(more if number == len(brought) else ())),
        )
        for number, (request, table) in enumerate(brought, start=1)
    ]


def prepare_table(folder: StudyFolder, request: Request, confirm: Callable[..., bool]) -> Table:
    """Read a file into a table that meets its contract; nothing is written.

    Raises
    ------
    SourceError, DataError, ScenarioError
        As `import_file` does.
    """
    opened, words, known = _known(folder, request)
    rows, matches, ties, notices = known.rows, known.matches, known.ties, [*known.notices]
    refuse_unclear(matches, ties, request, rows, opened.name)
    rows, more = in_scope(scope_of(folder, request), rows, matches, request.table, opened.name)
    notices += more
    if request.table == "facilities":
        rows, more = without_unknown_kinds(rows, matches, words, opened.name)
        notices += more
    notices = [*notices, *unit_notices(rows, matches, request.table, opened.name)]
    if not confirm(matches, notices):
        raise ScenarioError(Problem("BG-422", opened.name))
    make = _outlines if request.table == "villages" else _records
    table = make(folder, request, rows, matches, words)
    # Notices shown before the question are not repeated.
    return replace(table, notices=[*unused_columns_notice(matches, opened.name), *table.notices])


def recognise(request: Request) -> Recognised:
    """Return what the rows and columns of a file are taken for; nothing is asked or written.

    What is missing or ambiguous is no error here: `import_file` refuses it, unless the request
    says by `chosen` what is meant.

    Raises
    ------
    SourceError, DataError
        When the file cannot be read.
    """
    return _known(StudyFolder.at(request.into), request)[2]


def _known(folder: StudyFolder, request: Request) -> tuple[Opened, Mapping[str, Any], Recognised]:
    """Return an opened file, the words of the study, and what the columns are taken for."""
    opened = open_input(request.file, name=request.file.name, table=request.table,
                        suffixes=suffixes_of(request.table))  # fmt: skip
    words = synonyms(folder.own_table(SYNONYMS, Synonyms))
    for column, meanings in request.meant.items():
        known = words["values"].setdefault(column, {})
        for text, code in meanings.items():
            known[code] = (*known.get(code, ()), text)
    rows, notices = _rows(folder, opened, request, words)
    if request.table == "villages":
        rows = with_joined_codes(rows, folder.village_list())
    filled = {name for row in rows.records for name, value in row.items() if not is_empty(value)}
    empty = [name for name in rows.columns if name not in filled]
    matches, ties = match_columns(rows.columns, request.table, words, request.chosen, empty)
    for completed in (with_age_totals, with_listed_names, with_codes_by_place):
        rows, more = completed(rows, matches, folder, request)
        if more:
            notices = [*notices, *more]
            matches, ties = match_columns(rows.columns, request.table, words, request.chosen, empty)
    return opened, words, Recognised(
        rows, seen_places(matches, rows, request), tuple(ties), tuple(notices),
        unknown_words(rows, matches, request.table, words),
    )  # fmt: skip


def suffixes_of(table: str) -> tuple[str, ...]:
    """Return the suffixes of files that a table may be imported from.

    >>> ".xlsx" in suffixes_of("villages"), ".xlsx" in suffixes_of("facilities")
    (False, True)
    """
    geometry = CONTRACTS[table].geometry
    if geometry == "polygon":
        return MAP_SUFFIXES
    return (*TABLE_SUFFIXES, *MAP_SUFFIXES) if geometry else TABLE_SUFFIXES


def _rows(
    folder: StudyFolder, opened: Opened, request: Request, words: Mapping[str, Any]
) -> tuple[Rows, list[Problem]]:
    """Return the rows of the file without personal data, and notices."""
    features, notices = None, list[Problem]()
    geometry = CONTRACTS[request.table].geometry
    if geometry and opened.suffix in MAP_SUFFIXES:
        features, notices = read_map_features(opened, geometry, request.layer)
        if geometry == "polygon":
            features, more = longitude_first(village_polygons(features), opened.name)
            notices = [*notices, *more]
        elif request.table == "facilities" and is_osm(features):
            rules = osm_rules(folder.own_table(OSM_KINDS, OsmKinds))
            notices = [*notices, *_unmatched_notice(features, rules, opened.name)]
            features = as_facilities(features, rules)
    rows, more = read_rows(opened, request, words, features)
    rows, dropped = without_personal(rows, opened.name)
    if not rows.records:
        raise DataError([*notices, Problem("BG-214", opened.name)])
    return rows, [*notices, *more, *dropped]


def _unmatched_notice(
    features: Sequence[Feature], rules: Sequence[Rule], name: str
) -> list[Problem]:
    """Return a notice of the health features of OpenStreetMap that match no rule."""
    unmatched = unmatched_tags(features, rules)
    if not unmatched:
        return []
    tags = ", ".join(f"{tag} ({count})" for tag, count in unmatched[:MOST_TAGS])
    return [Problem("BG-298", name, values={"count": sum(n for _, n in unmatched), "found": tags})]


def _outlines(
    folder: StudyFolder,
    request: Request,
    rows: Rows,
    matches: Sequence[Match],
    words: Mapping[str, Any],
) -> Table:
    """Return a table of village outlines with the codes of the study's list of villages."""
    name, known = request.file.name, folder.village_list()
    if request.again and not folder.records("population"):
        # Outlines alone are no list for ever: a first file may have been of one kecamatan.
        known = VillageList(())
    records = convert_records(rows, matches, request.table, words, name)
    kept, notices = split_other_areas(records, rows, words["areas"]["not_villages"], name)
    aside = [_feature(rows, n) for n in range(len(records)) if n not in kept]
    collection = {"type": "FeatureCollection", "features": aside}
    beside = {OTHER_AREAS: json.dumps(collection, ensure_ascii=False).encode()} if aside else {}
    rows = only_rows(rows, kept)
    records = [records[n] for n in kept]
    try:
        notices += assign_codes(records, rows, known, request.table, name)
    except DataError as error:
        raise DataError(faults_or_splits(error.problems, records, rows, folder)) from error
    records, rows, more = dissolved(records, rows, name)
    notices += more
    contract = CONTRACTS["villages"]
    typed = conforming_records(records, contract, rows, name)
    notices += carry_over_columns(typed, folder.records("villages"), contract, name)
    is_first = not folder.records("villages")
    before = None if is_first else folder.villages()
    refuse_misplaced(rows, name, folder.study_files.card.crs, before, allowed=())
    features = [_feature(rows, n) for n in range(len(records))]
    shapes, repairs = repaired_outlines(features, rows, name)
    crs = utm_zone_of(shapes) if is_first else ""
    if crs and crs != folder.study_files.card.crs:
        notices.append(Problem("BG-272", STUDY_FILE, values={"crs": crs}))
    notices += [*repairs, *edition_notices(typed, shapes, folder, name)]
    notices += outline_notices(typed, shapes, features, name, crs or folder.study_files.card.crs)
    return Table(typed, shapes, notices, beside, rows, crs)


def _feature(rows: Rows, index: int) -> dict[str, Any]:
    geometry = rows.geometry[index] if rows.geometry else None
    return {"type": "Feature", "properties": rows.records[index], "geometry": geometry}


def _records(
    folder: StudyFolder,
    request: Request,
    rows: Rows,
    matches: Sequence[Match],
    words: Mapping[str, Any],
) -> Table:
    """Return a table of rows or, where its contract has a geometry, of points."""
    name, table = request.file.name, request.table
    contract = CONTRACTS[table]
    records = convert_records(rows, matches, table, words, name)
    records, notices = fill_missing(records, table, name)
    if contract.geometry is None:
        if any(column.name == "village_id" for column in contract.columns):
            notices += assign_codes(records, rows, folder.village_list(), table, name)
        typed = conforming_records(records, contract, rows, name)
        if table == "indicators":
            notices += carry_over_columns(typed, folder.records(table), contract, name)
        return Table(typed, None, notices, {}, rows)
    return table_of_points(folder, records, rows, contract, name, notices)


def table_of_points(
    folder: StudyFolder,
    records: list[dict[str, Any]],
    rows: Rows,
    contract: Contract,
    name: str,
    notices: list[Problem],
) -> Table:
    """Return records with their points; those without a position are dropped with a notice."""
    villages, known = folder.villages(), folder.village_list()
    crs = folder.study_files.card.crs
    # Swapped degrees can be read, and metres too once outlines have fixed the zone of the study.
    readable = {"BG-208"} if villages is None else {"BG-208", "BG-236"}
    refuse_misplaced(rows, name, crs, villages, allowed=readable)
    points, more = locate_records(records, rows, known, villages, name, crs)
    nowhere = [n for n, point in enumerate(points) if point is None]
    kept = [n for n, point in enumerate(points) if point is not None]
    notices = [*notices, *more]
    if nowhere:
        listed = ", ".join(str(rows.numbers[n]) for n in nowhere[:20])
        values = {"count": len(nowhere), "rows": listed}
        notices.append(Problem("BG-257", name, values=values))
    if not kept:
        raise DataError(notices[-1])
    columns = {column.name for column in contract.columns}
    own = [{k: v for k, v in records[n].items() if k in columns} for n in kept]
    rows = only_rows(rows, kept)
    typed = conforming_records(own, contract, rows, name)
    return Table(typed, [points[n] for n in kept], notices, {}, rows)
