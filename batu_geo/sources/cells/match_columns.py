"""Match the columns of a file to those of a table, and say how sure each match is."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field

from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.frozen import Frozen, one_of
from batu_geo.sources.cells.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

SYNONYMS = "synonyms.toml"
PLACE = ("lon", "lat", "coordinates", "zone")
EXTRAS = {
    "villages": (),
    "population": (),
    "indicators": ("village_name", "district_name"),
    "facilities": ("village_name", "district_name", "address", *PLACE),
    "buildings": ("village_name", "district_name", "address", *PLACE),
    "staffing": (),
}
SURE, LIKELY, CLEAR_BY = 90.0, 75.0, 10.0
EXACT, ITS_OWN_NAME = 100.0, 101.0
SHORTEST_GUESSED = 5
DBF_LENGTH = 10
LEADING, LONGEST_LEAD = 94.0, 5
LONG_QUESTION = 4
WORD = re.compile(r"[^\W_]+")
MALE = {"l", "lk", "laki", "pria", "male"}
FEMALE = {"p", "pr", "perempuan", "wanita", "female"}
UNIT = re.compile(r"\([^()]*\)\s*$")
CODE_STARTS = ("kd", "kode", "id", "nomor", "no")


@dataclass(frozen=True, slots=True)
class Match:
    """A column of the file, what it is taken for ("" for nothing), and how alike they are."""

    source: str
    target: str
    score: float
    is_sure: bool = True


Words = dict[str, tuple[str, ...]]
Table = Annotated[str, AfterValidator(one_of(("shared", *EXTRAS)))]
Area = Annotated[str, AfterValidator(one_of(("not_villages",)))]


class Synonyms(Frozen):
    """The contents of `synonyms.toml`: by table and column, by column and code, of areas."""

    columns: dict[Table, Words] = Field(default_factory=dict)
    values: dict[str, Words] = Field(default_factory=dict)
    areas: dict[Area, tuple[str, ...]] = Field(default_factory=dict)


def synonyms(own: Synonyms | None = None) -> dict[str, Any]:
    """Return the synonyms of the package with those of a study added."""
    text = files("batu_geo.sources.cells").joinpath(SYNONYMS).read_text(encoding="utf-8")
    found = Synonyms.model_validate(tomllib.loads(text)).model_dump()
    if own is not None:
        for group, tables in (("columns", own.columns), ("values", own.values)):
            for table, names in tables.items():
                _add_words(names, found[group].setdefault(table, {}))
        _add_words(own.areas, found["areas"])
    return found


def _add_words(own: Words, known: Words) -> None:
    for name, words in own.items():
        known[name] = known.get(name, ()) + words


def names_of(table: str, words: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Return by target what its column may be called, plain, each with its score."""
    contract = CONTRACTS[table]
    targets = [*(column.name for column in contract.columns), *EXTRAS[table]]
    meanings = {column.name: (column.meaning_id, column.meaning_en) for column in contract.columns}
    tables = words["columns"]
    found: dict[str, dict[str, float]] = {}
    for target in dict.fromkeys(targets):
        known = [*meanings.get(target, ()), *tables["shared"].get(target, ()),
                 *tables.get(table, {}).get(target, ())]  # fmt: skip
        found[target] = dict.fromkeys(map(plain, known), EXACT) | {plain(target): ITS_OWN_NAME}
    for target in list(found):
        # The DBF part of a Shapefile cuts names.
        cut = plain(target[:DBF_LENGTH])
        owners = [other for other in found if other[:DBF_LENGTH] == target[:DBF_LENGTH]]
        if len(target) > DBF_LENGTH and len(owners) == 1:
            found[target].setdefault(cut, EXACT)
    return found


def match_columns(
    columns: Sequence[str],
    table: str,
    words: Mapping[str, Any],
    chosen: Mapping[str, str] | None = None,
) -> tuple[list[Match], list[tuple[str, str, str]]]:
    """Match every column of a file.

    Parameters
    ----------
    columns
        As the file calls them.
    table
        Which table it is to become.
    words
        From `synonyms`.
    chosen
        By target: the column the user says it is; an empty text for none of them.

    Returns
    -------
    list of Match
        One a column; a target is taken once, and by the most alike.
    list of tuple
        Target and two columns that are it equally, or guesses too close to each other.
    """
    chosen = dict(chosen or {})
    known = {t: names for t, names in names_of(table, words).items() if chosen.get(t, t)}
    texts = {t for t in known if t not in _number_columns(table)}
    scores = {(c, t): s for c in columns for t, s in _scores(c, known, texts).items()}
    taken = {target: source for target, source in chosen.items() if source in columns}
    matches = {source: Match(source, target, EXACT) for target, source in taken.items()}
    ties = []
    for (column, target), score in sorted(scores.items(), key=lambda item: -item[1]):
        if column in matches:
            continue
        if target in taken:
            rival = matches[taken[target]]
            if target not in chosen and EXACT <= score == rival.score:
                ties.append((target, rival.source, column))
            continue
        taken[target] = column
        rivals = [
            s for (c, t), s in scores.items() if c == column and t != target and t not in taken
        ]
        is_sure = score >= EXACT or score >= max([SURE, *(r + CLEAR_BY for r in rivals)])
        if is_sure and score < EXACT:
            ties += [
                (target, column, other) for (other, t), s in scores.items()
                if t == target and other not in {column, *matches} and s > score - CLEAR_BY
            ]  # fmt: skip
        matches[column] = Match(column, target, min(score, EXACT), is_sure)
    unmatched = [Match(column, "", 0.0) for column in columns if column not in matches]
    by_source = {match.source: match for match in [*matches.values(), *unmatched]}
    return [by_source[column] for column in columns], ties


def _number_columns(table: str) -> set[str]:
    return {column.name for column in CONTRACTS[table].columns if column.kind != "text"}


def _scores(
    column: str, known: Mapping[str, Mapping[str, float]], texts: Collection[str]
) -> dict[str, float]:
    """Return by target how alike a column is to what it may be called, if alike at all.

    A column of men or of women alone is never surely one of people.
    """
    from rapidfuzz import fuzz  # noqa: PLC0415 - only importers need it

    bare = UNIT.sub("", column)
    name, found = plain(bare) or plain(column), {}
    for target, names in known.items():
        score = names.get(name, 0.0)
        if not score and target in texts:
            score = _leading_words(bare, names)
        if not score and len(name) >= SHORTEST_GUESSED:
            guesses = [
                fuzz.ratio(name, other) for other in names
                if len(other) >= SHORTEST_GUESSED and _names_a_code(name) == _names_a_code(other)
            ]  # fmt: skip
            score = min(max(guesses, default=0.0), EXACT - 1)
        if _is_one_sex(column) and plain(column) not in names:
            score = min(score, SURE - 1)
        if score >= LIKELY:
            found[target] = score
    return found


def is_known(label: str, names: Collection[str]) -> bool:
    """Return whether a label is, or begins with, what a column may be called.

    >>> is_known("Nama Desa (lengkap)", {"namadesa"}), is_known("Beji", {"namadesa"})
    (True, False)
    """
    bare = UNIT.sub("", label)
    return plain(label) in names or plain(bare) in names or _leading_words(bare, names) > 0


def _leading_words(question: str, names: Collection[str]) -> float:
    """Return how sure the first words of a long question, two at least, are one of the names.

    >>> _leading_words("Desa/Kelurahan tempat fasilitas", {"desakelurahan"})
    96.0
    """
    words = WORD.findall(question)
    most = min(len(words), LONGEST_LEAD) if len(words) >= LONG_QUESTION else 0
    leads = [n for n in range(2, most + 1) if plain("".join(words[:n])) in names]
    return LEADING + leads[-1] if leads else 0.0


def _is_one_sex(name: str) -> bool:
    """Return whether a name speaks of men or of women, and not of both.

    >>> _is_one_sex("Penduduk (L)"), _is_one_sex("Penduduk L+P"), _is_one_sex("Penduduk")
    (True, False, False)
    """
    words = set(WORD.findall(name.casefold()))
    return bool(words & MALE) != bool(words & FEMALE)


def _names_a_code(name: str) -> bool:
    """Return whether a name speaks of a code: that of a village is like its name, and is not it."""
    return name.startswith(CODE_STARTS)


def code_of_word(value: Any, column: str, codes: Iterable[str], words: Mapping[str, Any]) -> Any:
    """Return the code a word means, or the word itself where it means none.

    >>> code_of_word("Rusak  Ringan", "condition", ("good", "light_damage"), synonyms())
    'light_damage'
    """
    table: dict[str, str] = {}
    for code, names in words["values"].get(column, {}).items():
        table.update(dict.fromkeys(map(plain, names), code))
    table.update({plain(code): code for code in codes})
    if plain(value):
        return table.get(plain(value)) or value
    return "unknown" if str(value).strip() == "-" and "unknown" in codes else None
