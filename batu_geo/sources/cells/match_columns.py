"""Match the columns of a file to those of a table, each with a score."""

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
# No similarity of two names is quite this; the next of a list counts a little less.
WEAK, WEAKER, MOST_WEAK = 92.003, 0.01, 10
# Survey tools split the place of a question into columns that end with these.
PARTS_OF_PLACE = {"latitude": "lat", "longitude": "lon", "lintang": "lat", "bujur": "lon"}
OF_A_PLACE = 98.0
LONG_QUESTION = 4
WORD = re.compile(r"[^\W_]+")
MALE = {"l", "lk", "laki", "pria", "male"}
FEMALE = {"p", "pr", "perempuan", "wanita", "female"}
UNIT = re.compile(r"\([^()]*\)\s*$")
CODE_STARTS = ("kd", "kode", "id", "nomor", "no")


@dataclass(frozen=True, slots=True)
class Match:
    """A column of the file, the matched column of the table ("" for none), and their similarity."""

    source: str
    target: str
    score: float
    is_sure: bool = True


Words = dict[str, tuple[str, ...]]
Table = Annotated[str, AfterValidator(one_of(("shared", *EXTRAS)))]
Area = Annotated[str, AfterValidator(one_of(("not_villages",)))]


class Synonyms(Frozen):
    """The contents of `synonyms.toml`: names of columns, words of codes, names of other areas.

    Names of `weak` count only where no other column of the file can be the same thing, the first
    of their list before the next. `ages` are names of age groups: `"60+" = ["lansia"]`.
    """

    columns: dict[Table, Words] = Field(default_factory=dict)
    weak: dict[Table, Words] = Field(default_factory=dict)
    values: dict[str, Words] = Field(default_factory=dict)
    areas: dict[Area, tuple[str, ...]] = Field(default_factory=dict)
    ages: Words = Field(default_factory=dict)


def synonyms(own: Synonyms | None = None) -> dict[str, Any]:
    """Return the synonyms of the package merged with those of a study."""
    text = files("batu_geo.sources.cells").joinpath(SYNONYMS).read_text(encoding="utf-8")
    merged = Synonyms.model_validate(tomllib.loads(text)).model_dump()
    if own is not None:
        for group, tables in (("columns", own.columns), ("weak", own.weak), ("values", own.values)):
            for table, names in tables.items():
                _add_words(names, merged[group].setdefault(table, {}))
        _add_words(own.areas, merged["areas"])
        _add_words(own.ages, merged["ages"])
    return merged


def _add_words(own: Words, known: Words) -> None:
    for name, words in own.items():
        known[name] = known.get(name, ()) + words


def names_by_target(table: str, words: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Return by column of a table its possible names, plain, each with a score."""
    contract = CONTRACTS[table]
    targets = [*(column.name for column in contract.columns), *EXTRAS[table]]
    meanings = {column.name: (column.meaning_id, column.meaning_en) for column in contract.columns}
    tables = words["columns"]
    names: dict[str, dict[str, float]] = {}
    for target in dict.fromkeys(targets):
        known = [*meanings.get(target, ()), *tables["shared"].get(target, ()),
                 *tables.get(table, {}).get(target, ())]  # fmt: skip
        weak = words["weak"].get(table, {}).get(target, ())
        by_rank = {plain(name): WEAK - WEAKER * rank for rank, name in enumerate(weak)}
        names[target] = by_rank | dict.fromkeys(
            map(plain, known), EXACT
        ) | {plain(target): ITS_OWN_NAME}  # fmt: skip
    for target in list(names):
        # The DBF part of a Shapefile cuts names at ten characters.
        cut = plain(target[:DBF_LENGTH])
        owners = [other for other in names if other[:DBF_LENGTH] == target[:DBF_LENGTH]]
        if len(target) > DBF_LENGTH and len(owners) == 1:
            names[target].setdefault(cut, EXACT)
    return names


def match_columns(
    columns: Sequence[str],
    table: str,
    words: Mapping[str, Any],
    chosen: Mapping[str, str] | None = None,
    empty: Collection[str] = (),
) -> tuple[list[Match], list[tuple[str, str, str]]]:
    """Match every column of a file.

    Parameters
    ----------
    columns
        Their names in the file.
    table
        The table to match.
    words
        From `synonyms`.
    chosen
        By column of the table: the column of the file that the user chose, empty for none.
    empty
        Columns of the file without any value: they compete with no other.

    Returns
    -------
    list of Match
        One per column of the file; each column of the table is matched once, by score.
    list of tuple
        Column of the table and two columns of the file with equal or too close scores.
    """
    chosen = dict(chosen or {})
    known = {t: names for t, names in names_by_target(table, words).items() if chosen.get(t, t)}
    texts = {t for t in known if t not in _number_columns(table)}
    scores = {(c, t): s for c in columns for t, s in _scores(c, known, texts).items()}
    matches, ties = _by_score(scores, chosen, columns, empty)
    return [matches.get(column, Match(column, "", 0.0)) for column in columns], ties


def _by_score(
    scores: Mapping[tuple[str, str], float],
    chosen: Mapping[str, str],
    columns: Sequence[str],
    empty: Collection[str],
) -> tuple[dict[str, Match], list[tuple[str, str, str]]]:
    """Return the match of each column that has one, the best first, and the ties."""
    taken = {target: source for target, source in chosen.items() if source in columns}
    matches = {source: Match(source, target, EXACT) for target, source in taken.items()}
    ties = []
    for (column, target), score in sorted(
        scores.items(), key=lambda item: (item[0][0] in empty, -item[1])
    ):
        if column in matches:
            continue
        if target in taken:
            rival = matches[taken[target]]
            is_rival = target not in chosen and column not in empty
            if is_rival and EXACT <= score == rival.score:
                ties.append((target, rival.source, column))
            continue
        taken[target] = column
        is_sure = score >= max([SURE, *(s + CLEAR_BY for s in _rivals(column, scores, taken))])
        if score >= EXACT:
            is_sure = True
        elif is_sure:
            close = [c for (c, t), s in scores.items()
                     if t == target and s > score - CLEAR_BY and c not in empty
                     and not is_weak(score)]  # fmt: skip
            ties += [(target, column, c) for c in close if c not in {column, *matches}]
        matches[column] = Match(column, target, min(score, EXACT), is_sure)
    return matches, ties


def is_weak(score: float) -> bool:
    """Return whether a score is that of a weak name, of which the first in their list is taken."""
    return score in {WEAK - WEAKER * rank for rank in range(MOST_WEAK)}


def _rivals(
    column: str, scores: Mapping[tuple[str, str], float], taken: Collection[str]
) -> list[float]:
    """Return the scores of a column for other columns of the table that are still free."""
    return [s for (c, target), s in scores.items() if c == column and target not in taken]


def _number_columns(table: str) -> set[str]:
    """Return the columns of a table that are not text."""
    return {column.name for column in CONTRACTS[table].columns if column.kind != "text"}


def _scores(
    column: str, known: Mapping[str, Mapping[str, float]], texts: Collection[str]
) -> dict[str, float]:
    """Return the score of a column for each column of the table it is similar to.

    A column of only men or only women is never a sure match for one of people.
    """
    from rapidfuzz import fuzz  # noqa: PLC0415 - only importers need it

    bare = UNIT.sub("", column)
    name = plain(bare) or plain(column)
    last = next(reversed(WORD.findall(bare.casefold())), "")
    scores: dict[str, float] = {}
    for target, names in known.items():
        score = names.get(name, 0.0)
        if not score and PARTS_OF_PLACE.get(last) == target and plain(last) != name:
            score = OF_A_PLACE
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
            scores[target] = score
    return scores


def is_known(label: str, names: Collection[str]) -> bool:
    """Return whether a label is, or begins with, a known column name.

    >>> is_known("Nama Desa (lengkap)", {"namadesa"}), is_known("Beji", {"namadesa"})
    (True, False)
    """
    bare = UNIT.sub("", label)
    return plain(label) in names or plain(bare) in names or _leading_words(bare, names) > 0


def _leading_words(question: str, names: Collection[str]) -> float:
    """Return the score of a long question whose first words, at least two, are a known name.

    >>> _leading_words("Desa/Kelurahan tempat fasilitas", {"desakelurahan"})
    96.0
    """
    words = WORD.findall(question)
    most = min(len(words), LONGEST_LEAD) if len(words) >= LONG_QUESTION else 0
    leads = [n for n in range(2, most + 1) if plain("".join(words[:n])) in names]
    return LEADING + leads[-1] if leads else 0.0


def _is_one_sex(name: str) -> bool:
    """Return whether a name means only men or only women.

    >>> _is_one_sex("Penduduk (L)"), _is_one_sex("Penduduk L+P"), _is_one_sex("Penduduk")
    (True, False, False)
    """
    words = set(WORD.findall(name.casefold()))
    return bool(words & MALE) != bool(words & FEMALE)


def _names_a_code(name: str) -> bool:
    """Return whether a column name means a code, which must not match a column of names."""
    return name.startswith(CODE_STARTS)


def code_of_word(value: Any, column: str, codes: Iterable[str], words: Mapping[str, Any]) -> Any:
    """Return the code of a word, or the word itself where it has none.

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
