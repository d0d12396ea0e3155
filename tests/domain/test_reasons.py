"""Reasons of libraries and readers stand in Indonesian in Indonesian messages."""

from __future__ import annotations

import ast
import errno
import os
import re
import tomllib
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from batu_geo.cli import cli
from batu_geo.domain import errors
from batu_geo.domain.errors import BatuGeoError, Problem
from batu_geo.domain.reasons import in_indonesian
from batu_geo.sources.files.opening import FORMATS, Opened, json_of, toml_of
from batu_geo.sources.files.recognise import MAGIC, PACKED_AS, XML_ROOTS
from tests.conftest import ROOT
from tests.malformed.cases import every_case
from tests.malformed.runner import run
from tests.malformed.studies import study_cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = ROOT / "batu_geo"
KNOWN = tomllib.loads((PACKAGE / "domain/reasons.toml").read_text(encoding="utf-8"))
# Names of attributes and codes need no words; nor does what a library says of a broken file.
PLAIN = re.compile(
    r"(7 )?7?[=<> ]*|DTD|crs 7|HTML|HTTP 7|0 highway|> 256 MiB|nesting > .*|7=7|type=7"
)
GIVES_REASONS = ("refuse", "ValueError", "_unusable")


def braces(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"reason": """';' expected after '"'"""}, """setelah '"' harus ada ';'"""),
        (
            {"reason": "Unable to read workbook: could not read stylesheet from None"},
            "tidak terbaca",
        ),
        ({"found": "damaged SQLite"}, "SQLite yang rusak"),
        ({"found": "XML with a DTD"}, "XML dengan DTD"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_in_indonesian(values, words: str) -> None:
    code = "BG-103" if "found" in values else "BG-111"
    problem = Problem(code, "x", values=values | {"expected": "CSV"})
    assert words in problem.line("id")
    assert next(iter(values.values())) in problem.line("en")


@pytest.mark.parametrize("reason", KNOWN)
def test_every_reason_can_be_written(reason: str) -> None:
    words = KNOWN[reason]
    assert braces(words) <= braces(reason)
    filled = re.sub(r"\{(\w+)\}", "7", reason)
    assert in_indonesian(filled) == words.format_map(dict.fromkeys(braces(reason), "7"))


def reasons_of(tree: ast.AST) -> Iterator[str]:
    """Return what a module says as a reason, with 7 for what it fills in."""
    for node in ast.walk(tree):
        found: list[ast.expr | None] = []
        if isinstance(node, ast.keyword) and node.arg == "reason":
            found = [node.value]
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            found = [v for k, v in pairs if isinstance(k, ast.Constant) and k.value == "reason"]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "reason":
            found = [node.value]
        elif isinstance(node, ast.Call) and getattr(
            node.func, "attr", getattr(node.func, "id", "")
        ) in GIVES_REASONS:  # fmt: skip
            found = node.args[:1]
        for value in found:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value
            elif isinstance(value, ast.JoinedStr):
                yield "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "7"
                    for part in value.values
                )


SAID = sorted(
    {
        reason
        for folder in ("domain", "sources", "pipeline")
        for path in (PACKAGE / folder).rglob("*.py")
        for reason in reasons_of(ast.parse(path.read_text(encoding="utf-8")))
        if not reason.startswith("BG-")
    }
)


def test_the_search_for_reasons_finds_them() -> None:
    assert len(SAID) > 40
    assert {"ring 7 is not closed", "7 must rise"} & set(SAID)


@pytest.mark.parametrize("reason", [said for said in SAID if not PLAIN.fullmatch(said)])
def test_every_reason_of_a_reader_has_words(reason: str) -> None:
    assert in_indonesian(reason) != reason


@pytest.mark.parametrize(
    "override",
    [
        "headline.threshold_minutes=x", "headline.threshold_minutes=true", "demand.spacing_m=-5",
        "demand.spacing_m=inf", "robustness.draws=1.5", "robustness.draws=1000000000",
        "headline.mode=7", "headline=3", "modes=3", "need=3", "need=[]", "siting.model='x'",
        "service.kinds=3", "service.kinds=['X']", "modes.motor.thresholds_minutes=[10, 5]",
        "service.count_private=maybe", "facility_changes=[{}]", "name=''", "name=3",
        "snapping.refuse_m=", "=", "a..b=3", 'headline.mode="kuda"',
    ],
)  # fmt: skip
def test_wrong_settings_are_told_in_indonesian(override: str) -> None:
    result = CliRunner().invoke(cli, ["plan", "--set", override])
    assert result.exit_code == 4, result.output
    assert not re.search(r"\b(should|must|valid|Input|Field|is not|needs)\b", result.stderr)


@pytest.mark.parametrize(
    "code",
    [errno.ENOSPC, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR,
     errno.EEXIST, errno.ENOENT, errno.ENAMETOOLONG, errno.EIO, errno.ELOOP, errno.EMFILE,
     errno.EDQUOT],
)  # fmt: skip
def test_the_words_of_the_system_are_told_in_indonesian(code: int) -> None:
    reason = os.strerror(code)
    line = Problem("BG-401", values={"reason": reason})
    assert reason not in line.line("id")
    assert reason in line.line("en")


@pytest.mark.parametrize(
    "text",
    ["a", "a = ", "a = [1", "a = {b = 1", "[a", "[[a", "a = 1\na = 2", "[a]\n[a]", "a = 'x",
     'a = "\\q"', "a = 2026-13-45", "a = 1 b", "= 1", "a = 1\n[a]", "a.b = 1\na = 2",
     'a = "\x01"', "a = {b = 1, b = 2}", "a = []\n[[a]]", 'a = "\\uZZZZ"'],
)  # fmt: skip
def test_broken_toml_is_told_in_indonesian(text: str) -> None:
    with pytest.raises(BatuGeoError) as raised:
        toml_of(Opened("x.toml", text.encode()))
    in_english, in_ours = (raised.value.lines(name)[0] for name in ("en", "id"))
    words = in_english.split("broken TOML: ")[1].split(" (at ")[0]
    assert words not in in_ours, words
    assert "(baris " in in_ours or "(di akhir berkas)" in in_ours


@pytest.mark.parametrize(
    "text",
    ["[", "{", '{"a"}', '{"a": }', '{"a": 1,}', "[1 2]", "[] x", '"\\q"', '"\\u12"', '"a', '"\n"',
     '{"a": 1, "a": 2}', "[NaN]", "[1e400]", "[" * 200, '"\\u0000"', '"\\ud800"', "9" * 5000],
)  # fmt: skip
def test_broken_json_is_told_in_indonesian(text: str) -> None:
    with pytest.raises(BatuGeoError) as raised:
        json_of(Opened("x.json", text.encode()))
    in_english, in_ours = (raised.value.lines(name)[0] for name in ("en", "id"))
    words = in_english.split("broken JSON: ")[1].split(" (line ")[0]
    assert words not in in_ours, words


@pytest.mark.slow
def test_no_reason_for_refusing_a_broken_file_stays_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    untold: set[str] = set()

    def noted(reason: str) -> str:
        words = in_indonesian(reason)
        if words == reason and not re.fullmatch(r"[a-z]+=.*|crs .*|XML <.*", reason):
            untold.add(reason)
        return words

    monkeypatch.setattr(errors, "in_indonesian", noted)
    for number, case in enumerate(every_case()):
        path = tmp_path / str(number) / case.file
        path.parent.mkdir()
        path.write_bytes(case.content)
        run(path, case.table)
    for _, study, _ in study_cases(tmp_path):
        run(study, "study")
    formats = {name for _, name in (*MAGIC, *PACKED_AS)} | set(XML_ROOTS.values())
    assert untold - formats <= {*FORMATS.values(), "NUL"}


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    ("args", "ours", "theirs"),
    [
        (["plan", "--bogus"], "tidak ada pilihan '--bogus'", "No such option '--bogus'"),
        (["plan", "--sett", "a=1"], "'--quiet', '--set'?", "'--quiet', '--set'?"),
        (["plann"], "tidak ada perintah 'plann'", "No such command 'plann'"),
        (["fetch"], "'FOLDER' belum disebut", "Missing argument 'FOLDER'"),
        (
            ["fetch", "x", "--buffer-km", "q"],
            "'q' bukan bilangan",
            "'q' is not a valid float range",
        ),
        (["fetch", "x", "--buffer-km", "99"], "99.0 di luar 0<=x<=50", "99.0 is not in the range"),
        (["plan", "a", "b"], "terlalu banyak: b", "Got unexpected extra argument (b)"),
        (["import", "x", "--as", "q", "--into", "y"], "'q' bukan salah satu dari", "is not one of"),
        (["import", "x", "--into", "y"], "'--as' belum disebut", "Missing option '--as'"),
        (["check", "x"], "FILE --as TABLE", "FILE --as TABLE"),
    ],
)
def test_a_wrong_command_is_one_line_in_the_language_of_the_reader(
    args: list[str], ours: str, theirs: str, language: str
) -> None:
    result = CliRunner().invoke(cli, [*args, "--lang", language])
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("BG-461 ")
    assert (ours if language == "id" else theirs) in line
    assert line.endswith("batu-geo --help." if args == ["plann"] else f"batu-geo {args[0]} --help.")
