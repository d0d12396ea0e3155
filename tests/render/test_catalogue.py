"""The catalogue of words is whole: no key is missing, none is unused, none is written twice."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING, get_args

import pytest

from batu_geo.access.coverage import NO_WAY
from batu_geo.domain import contracts, tables
from batu_geo.domain.criteria import FeasibilityName
from batu_geo.domain.need_criteria import need_criteria
from batu_geo.domain.norms import STAFF_NORMS
from batu_geo.domain.scenario import Scenario
from batu_geo.domain.site_choice import ModelName
from batu_geo.domain.travel import SPEED_SETS, VEHICLES, RoadClass, Travel
from batu_geo.planning.answering.open_questions import CONCLUSIONS
from batu_geo.planning.road_findings import KINDS
from batu_geo.planning.tables.answer_table import KINDS as KINDS_ASKED
from batu_geo.render.text.catalogue import catalogue, labels
from batu_geo.render.text.column_headings import cell, column_words
from batu_geo.render.text.words import code_word, difference_word, has_word, word
from batu_geo.siting.buildings.instruments import instruments
from batu_geo.siting.problem.location_plan import Status
from batu_geo.siting.problem.outcome import Proof
from tests.conftest import ROOT
from tests.words_of_workbench import said_by_workbench

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = ROOT / "batu_geo"
WRITTEN = tomllib.loads((PACKAGE / "render/text/catalogue.toml").read_text(encoding="utf-8"))
NATION = "".join(
    p.read_text(encoding="utf-8") for p in PACKAGE.glob("render/nation/assets/*.[hj]*")
)
EXPLORER_CARD = PACKAGE / "render/web/assets/explorer_card.js"
HEADINGS = {"column", "column_with", "table_title"}
UNPREFIXED = {"text", "evidence", "suitability", "facility_status"}

# The codes that the package makes of lists of its own, or reads as data.
CODES: dict[str, set[str]] = {
    "answer": set(contracts.YES_NO),
    "asked": set(KINDS_ASKED),
    "conclusion": set(CONCLUSIONS),
    "concluded": {"has_unit", "rank", "best_building", "people_served", "evidence"},
    "bench": {key.removeprefix("bench_") for key in said_by_workbench()},
    "bool": {"true", "false"},
    "serve": {f"class_{name}" for name in get_args(RoadClass)},
    "card": set(re.findall(r"words\.card_(\w+)", EXPLORER_CARD.read_text(encoding="utf-8"))),
    "code": {
        *contracts.OWNERS, *contracts.LAND_STATUSES, *contracts.CONDITIONS, *contracts.YES_NO,
        *(set(contracts.PROFESSIONS) - {"other"}), *get_args(ModelName), *get_args(Status),
        *(set(get_args(Proof)) - {""}), *need_criteria(), "true", "false",
    },
    "compare": {f"{payer}{once}_rupiah" for payer in contracts.PAYERS for once in ("", "_yearly")},
    "change": {f"speed_{name}" for name in SPEED_SETS},
    "day": {str(day) for day in range(1, 8)},
    "direction": set(get_args(Travel.model_fields["direction"].annotation)),
    "doc": {code for card in instruments().values() for code in card["documents"]},
    "evidence": set(tables.EVIDENCE),
    "facility_status": set(contracts.STATUSES),
    "fleet": {"stage_read", "stage_joint", "stage_measures", "stage_merge"},
    "hazard": set(contracts.HAZARDS),
    "indicator": set(contracts.INDICATOR_CARDS),
    "instrument": set(instruments()),
    "map": {
        *(f"{page}_{part}" for part in ("title", "what")
          for page in ("status", "gaps", "reach", "change", "sites", "referral", "certainty",
                       "hours")),
        *(f"{start}_{kind}" for start in ("to", "referral") for kind in ("puskesmas", "hospital")),
        "certainly_within", "depends", "certainly_beyond",
        "unit_open", "unit_off_road", "unit_closed", "puskesmas", "hospital",
    },
    "lost": set(NO_WAY),
    "missing": {*contracts.STANDARD_ITEMS, "UPKDK", "building"},
    "nation": {key for keys in re.findall(r"\$(\w+)|words\.(\w+)", NATION) for key in keys if key}
    - {"heading", "banner", "legend", "data"},
    "print_map": {"to_puskesmas", "to_hospital", "before_nobody", "after_nobody"},
    "process": set(contracts.PROCESS_STATUSES),
    "profession": set(contracts.PROFESSIONS),
    "road": {*KINDS, "without_unit", "without_people"},
    "road_rule": {"stops", "stops_nobody", "unknown_kind", "binds", "holds", "not_now", "left_open",
                  "no_streets", "broken", "odd", "on_red", "other_vehicles", "reversible",
                  "time_of_barrier"},
    "road_vehicle": set(VEHICLES),
    "service": set(contracts.SERVICES),
    "speeds": set(SPEED_SETS),
    "strategy": {"1", "2", "4", "5", "6"},
    "table": {*contracts.CONTRACTS, "answers", "roads", "elevation", "population_raster", "footprints"},
    "trip": {
        f"{how}_{kind}"
        for how in ("mean", "nobody", "unknown")
        for kind in ("puskesmas", "hospital")
    },
    "what": {f"{profession}_per_unit" for profession in STAFF_NORMS},
}  # fmt: skip
# Codes that stand in data alone: seasons of scenarios, units of figures and norms, what a road
# file is cleaned of, settings that differ between scenarios.
DATA = {
    "season": {"kemarau", "hujan"},
    "unit": {"cadres", "midwives", "nurses", "days"},
    "setting": set(Scenario.model_fields),
}
# Headings that a table makes of parts.
MADE_HEADINGS = {
    *(f"{payer}{once}_rupiah" for payer in contracts.PAYERS for once in ("", "_yearly")),
    *(f"needs_{profession}" for profession in STAFF_NORMS),
    *(
        f"{what}_{source}"
        for what in ("rank", "within", "side")
        for source in ("streets", "raster", "footprints")
    ),
    *(f"cadres_at_{norm}_{what}" for norm in (5, 15) for what in ("needed", "missing")),
    *(f"in_every_{plans}" for plans in ("optimal", "nearly")),
    *(f"{kind}_mean_metres_reached" for kind in ("puskesmas", "hospital")),
    *(f"{state}_{when}" for state in NO_WAY for when in ("before", "after")),
    *(f"{plans}_complete" for plans in ("optimal", "nearly")),
    *need_criteria(),
}
# Labels that read as a heading does today, in another place: one may change without the other.
ALIKE = {"fleet_villages", "nation_code", "nation_units", "nation_villages", "people_gained", "bench_kind", "bench_scenario", "change_village", "compare_served_more",
         "letter_date", "sheetname_doctors", "sheetname_units", "layer_PUSKESMAS", "map_found"}  # fmt: skip


@cache
def trees() -> list[ast.Module]:
    """Return every module of the package, parsed."""
    return [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))]


@cache
def constants() -> set[str]:
    """Return every text in the code but docstrings."""
    found: set[str] = set()
    for node in (node for tree in trees() for node in walk(tree)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        # A column that `assign` makes is named by its keyword.
        elif isinstance(node, ast.keyword) and node.arg:
            found.add(node.arg)
    # A word of a sentence that the code splits, or joins with "_", is found too.
    return found | {text.replace(" ", "_") for text in found if len(text) < 40}


def walk(tree: ast.AST) -> Iterator[ast.AST]:
    """Return every node below one but docstrings."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            yield node
            yield from walk(node)


def asked_in(tree: ast.AST) -> Iterator[ast.expr]:
    """Return what `word` and `has_word` are called with, as a function or as a method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("word", "has_word"):
                yield node.args[0]


@cache
def asked() -> list[ast.expr]:
    """Return what the whole package asks words for."""
    return [key for tree in trees() for key in asked_in(tree)]


@pytest.mark.slow
def test_the_search_finds_the_calls() -> None:
    assert len(asked()) > 300
    assert sum(isinstance(key, ast.JoinedStr) for key in asked()) > 20
    assert len(set(looped())) > 10


def chosen(key: ast.expr) -> Iterator[ast.expr]:
    """Return a key, or both keys of a choice between two."""
    if isinstance(key, ast.IfExp):
        yield from chosen(key.body)
        yield from chosen(key.orelse)
    else:
        yield key


def looped() -> Iterator[str]:
    """Return the keys that a loop over a list written out gives to `word`."""
    for node in (node for tree in trees() for node in ast.walk(tree)):
        loops = [node] if isinstance(node, ast.For) else getattr(node, "generators", [])
        names = {key.id for key in asked_in(node) if isinstance(key, ast.Name)} if loops else set()
        for loop in loops:
            targets = loop.target.elts if isinstance(loop.target, ast.Tuple) else [loop.target]
            for place, target in enumerate(targets):
                if isinstance(target, ast.Name) and target.id in names:
                    for item in getattr(loop.iter, "elts", []):
                        one = item.elts[place] if isinstance(item, ast.Tuple) else item
                        if isinstance(one, ast.Constant):
                            yield str(one.value)


@pytest.mark.slow
def test_every_label_named_in_the_code_exists() -> None:
    keys = [one for key in asked() for one in chosen(key)]
    named = {key.value for key in keys if isinstance(key, ast.Constant)} | set(looped())
    assert {key for key in named if not has_word(key)} == set()


@pytest.mark.slow
def test_every_label_made_of_parts_is_a_code_of_a_table() -> None:
    tables_of_codes = tuple(f"{name}_" for name in WRITTEN if name not in HEADINGS)
    for key in asked():
        if isinstance(key, ast.JoinedStr):
            start = key.values[0]
            assert isinstance(start, ast.Constant), ast.unparse(key)
            assert start.value.startswith(tables_of_codes), ast.unparse(key)


@pytest.mark.parametrize("table", sorted(CODES))
def test_every_code_of_the_package_has_words(table: str) -> None:
    assert CODES[table] - set(catalogue()[table]) == set()


@pytest.mark.slow
@pytest.mark.parametrize("table", sorted(set(WRITTEN) - HEADINGS))
def test_no_words_are_unused(table: str) -> None:
    known = CODES.get(table, set()) | DATA.get(table, set())
    unused = [
        key
        for key in WRITTEN[table]
        if key not in known and f"{table}_{key}" not in constants()
        # Labels of maps are named in full: a word such as "other" stands anywhere.
        if table == "map" or key not in constants()
    ]
    assert unused == []


@pytest.mark.slow
def test_every_table_of_codes_is_asked_for() -> None:
    starts = {str(card["prefix"]) for card in WRITTEN["column"].values() if "prefix" in card}
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                starts.add(node.values[0].value)
            elif isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant):
                starts.add(str(node.left.value))
    unasked = {
        table
        for table in set(WRITTEN) - HEADINGS - UNPREFIXED
        if not any(start.startswith(f"{table}_") for start in starts)
        and not any(f"{table}_{key}" in constants() for key in WRITTEN[table])
    }
    # The methods page puts these before a value of the scenario.
    assert unasked <= {"direction", "speeds", "season"}


@pytest.mark.slow
def test_no_heading_is_unused() -> None:
    for kind in ("column", "table_title"):
        unused = set(WRITTEN[kind]) - constants() - MADE_HEADINGS
        assert unused == set(), kind


def test_no_label_says_what_a_heading_says() -> None:
    headings = {(card.get("id"), card.get("en")) for card in WRITTEN["column"].values()}
    twice = {
        key if table in UNPREFIXED else f"{table}_{key}"
        for table in set(WRITTEN) - HEADINGS
        for key, label in WRITTEN[table].items()
        if (label["id"], label["en"]) in headings
    }
    assert twice <= ALIKE


def test_every_prefix_of_a_column_is_a_table() -> None:
    special = {"", "mode", "year"}
    for name, card in WRITTEN["column"].items():
        prefix = card.get("prefix", "")
        assert prefix in special or prefix.removesuffix("_") in WRITTEN, name


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_criterion_every_code_and_every_setting_is_told_in_words(language) -> None:
    for name in (*need_criteria(), *CODES["code"], *tables.EVIDENCE):
        assert code_word(name, language) == labels()[
            f"code_{name}" if has_word(f"code_{name}") else name
        ][language]  # fmt: skip
    for name in (*need_criteria(), *get_args(FeasibilityName)):
        assert not re.search("[a-z]_[a-z]", column_words(name, language).heading)
        assert not re.search("[a-z]_[a-z]", column_words(f"value_{name}", language).heading)
    for name in {*Scenario.model_fields, *CODES["table"]} - UNCOMPARED:
        assert not re.search("[a-z]_[a-z]", difference_word(name, language)), name
    for model in get_args(ModelName):
        assert cell("model", model, language) == word(f"code_{model}", language)


# What a scenario says of itself makes no difference between two of them.
UNCOMPARED = {
    "format", "title", "title_en", "english", "name", "description", "overrides", "source",
}  # fmt: skip


@pytest.mark.parametrize("value", ["over_60_percent", "nobody"])
def test_a_code_without_words_fails_and_is_not_printed_raw(value: str) -> None:
    with pytest.raises(KeyError, match=value):
        code_word(value, "id")
    with pytest.raises(KeyError, match=value):
        difference_word(value, "en")
    with pytest.raises(KeyError, match=value):
        word(f"status_{value}", "id")


# Who leads a region, by its name or code: of a city and of a regency.
OF_A_HEAD = {"brief_head_kota", "brief_head_kabupaten", "init_title_of", "head_of_kota",
             "head_of_kabupaten"}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "words"),
    [("id", r"kota|pemkot|pemkab|wali ?kota|bupati|batu|mbatu"), ("en", r"city|mayor|regent|batu")],
)
def test_no_label_speaks_of_one_kind_of_place(language: str, words: str) -> None:
    of_a_place = re.compile(rf"\b({words})\b", re.IGNORECASE)
    either = re.compile(r"batu-geo|kabupaten/kota|regency or city|kabupaten or kota", re.IGNORECASE)
    found = [
        (table, key)
        for table, cards in catalogue().items()
        for key, card in cards.items()
        if key not in OF_A_HEAD and of_a_place.search(either.sub("", str(card.get(language, ""))))
    ]
    assert found == []
