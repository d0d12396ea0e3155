"""Reasons of libraries and readers stand in Indonesian in Indonesian messages."""

from __future__ import annotations

import ast
import errno
import importlib
import os
import pkgutil
import re
import tomllib
from typing import TYPE_CHECKING, Annotated, Literal
from xml.parsers import expat

import pytest
from click.testing import CliRunner
from pydantic import BaseModel, ConfigDict, Field, ValidationError

import batu_geo
from batu_geo.cli import cli
from batu_geo.domain import errors
from batu_geo.domain.errors import BatuGeoError, Problem
from batu_geo.domain.reasons import (
    Reason,
    coded_reason,
    in_indonesian,
    is_of_descriptors,
    is_of_machine,
    is_of_memory,
    is_of_temporary_folder,
    root_of,
    settings_reason,
    unread_kind,
    xml_words,
)
from batu_geo.sources.files.opening import FORMATS, Opened, json_of, toml_of
from batu_geo.sources.files.recognise import MAGIC, PACKED_AS, XML_ROOTS
from batu_geo.sources.files.safe_xml import xml_of
from tests.conftest import ROOT
from tests.how_many import sampled
from tests.malformed.cases import every_case
from tests.malformed.runner import run
from tests.malformed.studies import study_cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = ROOT / "batu_geo"
CATALOGUE = tomllib.loads((PACKAGE / "domain/reasons.toml").read_text(encoding="utf-8"))
SENTENCES = CATALOGUE["sentence"]
KNOWN = {key: words for part in SENTENCES.values() for key, words in part.items()}
# Names of attributes and codes need no words; nor does what a library says of a broken file.
PLAIN = re.compile(
    r"(7 )?7?[=<> ]*|DTD|crs 7|HTML|HTTP 7|0 highway|> 256 MiB|nesting > .*|7=7|type=7"
)
SOME_CASES = 3
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
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "reason":
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


def readers() -> Iterator[str]:
    """Return the modules that may say a reason; the others need not be parsed."""
    for folder in ("domain", "sources", "importing", "checking", "verbs"):
        for path in (PACKAGE / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if any(word in text for word in ("reason", *GIVES_REASONS)):
                yield text


SAID = sorted(
    {
        reason
        for text in readers()
        for reason in reasons_of(ast.parse(text))
        if not reason.startswith("BG-")
    }
)


def test_the_search_for_reasons_finds_them() -> None:
    assert len(SAID) > 40
    assert {"ring 7 is not closed", "7 is not key=value"} <= set(SAID)


@pytest.mark.parametrize("reason", [said for said in SAID if not PLAIN.fullmatch(said)])
def test_every_reason_of_a_reader_has_words(reason: str) -> None:
    assert in_indonesian(reason) != reason


# What pydantic can find wrong with each kind of schema, and with each limit on it.
ERRORS_OF_KIND = {
    "bool": {"bool_type", "bool_parsing"},
    "int": {"int_type", "int_parsing", "int_parsing_size", "int_from_float"},
    "float": {"float_type", "float_parsing", "finite_number"},
    "str": {"string_type", "string_unicode"},
    "list": {"list_type"},
    "tuple": {"tuple_type"},
    "dict": {"dict_type"},
    "literal": {"literal_error"},
    "model": {"model_type"},
    "tagged-union": {"union_tag_invalid", "union_tag_not_found"},
    "model-fields": {"missing", "model_attributes_type"},
}
CANNOT_FAIL = {"default", "definitions", "definition-ref", "function-after", "function-before", "model-field",
               "no-info", "nullable"}  # fmt: skip
ERRORS_OF_LIMIT = {
    "ge": {"greater_than_equal"},
    "gt": {"greater_than"},
    "le": {"less_than_equal"},
    "lt": {"less_than"},
    "pattern": {"string_pattern_mismatch"},
    "multiple_of": {"multiple_of"},
}
LENGTHS = {"min_length": ("too_short", "string_too_short"),
           "max_length": ("too_long", "string_too_long")}  # fmt: skip


def schemas(node: object) -> Iterator[dict]:
    """Return every schema inside a core schema of pydantic."""
    if isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield node
        for value in node.values():
            yield from schemas(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from schemas(value)


def models() -> list[type[BaseModel]]:
    for module in pkgutil.walk_packages(batu_geo.__path__, "batu_geo."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found, new = [], [BaseModel]
    while new:
        new = [model for base in new for model in base.__subclasses__()]
        found += [model for model in new if model.__module__.startswith("batu_geo.")]
    return found


def possible_errors() -> set[str]:
    """Return the types of all errors that pydantic can find in a settings file of ours."""
    errors_found: set[str] = set()
    for model in models():
        for schema in schemas(model.__pydantic_core_schema__):
            kind = schema["type"]
            assert kind in ERRORS_OF_KIND or kind in CANNOT_FAIL, kind
            errors_found |= ERRORS_OF_KIND.get(kind, set())
            for limit, types in ERRORS_OF_LIMIT.items():
                errors_found |= types if limit in schema else set()
            for limit, (of_items, of_text) in LENGTHS.items():
                if limit in schema:
                    errors_found.add(of_text if kind == "str" else of_items)
    return errors_found


def test_every_error_pydantic_can_find_in_our_settings_has_words() -> None:
    assert possible_errors() == set(CATALOGUE["pydantic"]) - {"unknown"}


@pytest.mark.slow
def test_every_error_of_our_models_has_words_and_every_word_an_error() -> None:
    raised = {
        node.args[0].value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "invalid"
        if isinstance(node.args[0], ast.Constant)
    }
    assert raised == set(CATALOGUE["settings"])
    for words in CATALOGUE["settings"].values():
        assert braces(words["id"]) == braces(words["en"])


def test_a_type_pydantic_may_add_is_answered_in_indonesian() -> None:
    reason = settings_reason({"type": "not_yet_known", "msg": "Input should be new"})
    assert reason == Reason("Input should be new", "nilainya tidak sah")


class Sample(BaseModel):
    """One field of each kind that our models have."""

    model_config = ConfigDict(allow_inf_nan=False)
    whole: Annotated[int, Field(ge=1, le=7)] = 1
    above: Annotated[int, Field(gt=0)] = 1
    share: Annotated[float, Field(ge=0, le=1.5)] = 0
    code: Annotated[str, Field(pattern="^[a-z]+$", min_length=2, max_length=3)] = "ab"
    pair: tuple[int, int] = (1, 2)
    some: Annotated[tuple[int, ...], Field(min_length=1)] = (1,)
    names: list[str] = []
    by_name: dict[str, int] = {}
    word: Literal["a", "b", "c"] = "a"
    yes: bool = True


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"whole": "x"}, "harus bilangan bulat"),
        ({"whole": 1.5}, "harus bilangan bulat, tanpa pecahan"),
        ({"whole": []}, "harus bilangan bulat"),
        ({"whole": 0}, "paling sedikit 1"),
        ({"whole": 8}, "paling banyak 7"),
        ({"above": 0}, "harus lebih dari 0"),
        ({"share": float("inf")}, "harus bilangan yang berhingga"),
        ({"share": "x"}, "harus bilangan"),
        ({"code": 3}, "harus teks di antara tanda kutip"),
        ({"code": "AB"}, "harus berpola '^[a-z]+$'"),
        ({"code": "a"}, "paling sedikit 2 huruf"),
        ({"code": "abcd"}, "paling banyak 3 huruf"),
        ({"pair": [1]}, "wajib diisi"),
        ({"pair": [1, 2, 3]}, "paling banyak 2 isi, bukan 3"),
        ({"some": []}, "paling sedikit 1 isi, bukan 0"),
        ({"names": 3}, "harus daftar [..]"),
        ({"by_name": 3}, "harus tabel"),
        ({"word": "d"}, "harus 'a', 'b' atau 'c'"),
        ({"yes": "maybe"}, "harus true atau false"),
    ],
)
def test_each_kind_of_wrong_setting(settings: dict, words: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Sample.model_validate(settings)
    (error,) = raised.value.errors()
    assert settings_reason(error) == Reason(error["msg"], words)


def test_every_error_of_expat_has_words() -> None:
    """All but those of parsers that are stopped, or read DTDs from outside."""
    silent = {20 + n for n in (1, 2, 3, 4, 5, 6, 9, 11, 12, 13, 14, 15, 16, 17, 21, 22)}
    words = {code: xml_words(code) for code in expat.errors.messages}
    unknown = {code for code, text in words.items() if text == "XML salah tulis"}
    assert unknown == silent
    assert set(CATALOGUE["expat"]) - {"unknown"} <= {
        name.removeprefix("XML_ERROR_").lower() for name in dir(expat.errors)
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<a><b></a>", "penutup unsur tidak cocok"),
        ("", "tanpa isi"),
        ("<a>&b;</a>", "entitas yang tidak dikenal"),
        ("<a b='1' b='2'/>", "atribut dua kali"),
        ("<a/><b/>", "ada isi setelah akhirnya"),
        ("<a", "tanda tanpa penutup"),
        ("<a:b/>", "awalan nama yang tidak dikenal"),
        ("<a>&#0;</a>", "nomor huruf yang tidak sah"),
    ],
)
def test_broken_xml_is_told_in_indonesian(text: str, words: str) -> None:
    with pytest.raises(BatuGeoError) as raised:
        xml_of(Opened("x.kml", text.encode()))
    in_english, in_ours = (raised.value.lines(name)[0] for name in ("en", "id"))
    assert words in in_ours
    assert words not in in_english


def texts_of_the_package() -> set[str]:
    """Return every text in the code, with 7 for what an f-string fills in."""
    texts = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = (str(v.value) if isinstance(v, ast.Constant) else "7" for v in node.values)
                texts.add("".join(parts))
    return texts


@pytest.mark.slow
def test_every_sentence_of_our_readers_is_said_by_one() -> None:
    texts = texts_of_the_package()
    # A text of blanks alone would say anything.
    templates = [text for text in texts if "7" in text and re.search("[a-z]{3}|[<>]", text)]
    said = [re.compile(re.escape(text).replace("7", ".+")) for text in templates]
    filled = {sentence: re.sub(r"\{\w+\}", "7", sentence) for sentence in SENTENCES["readers"]}
    unsaid = [
        sentence
        for sentence, text in filled.items()
        if text not in texts and not any(pattern.fullmatch(text) for pattern in said)
    ]
    assert unsaid == []


@pytest.mark.slow
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
    english = os.strerror(code)
    reason = coded_reason(OSError(code, english))
    line = Problem("BG-401", values={"reason": reason})
    assert english not in line.line("id")
    assert "ditolak sistem" not in line.line("id")
    assert english in line.line("en")


def test_an_error_of_the_system_without_words_keeps_its_name() -> None:
    reason = coded_reason(OSError(errno.EBUSY, "Device or resource busy"))
    assert reason == Reason("Device or resource busy", "ditolak sistem (EBUSY)")
    assert coded_reason(OSError("no number")) is None


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
    for number, case in enumerate(sampled(every_case(), SOME_CASES)):
        path = tmp_path / str(number) / case.file
        path.parent.mkdir()
        path.write_bytes(case.content)
        run(path, case.table)
    for _, study, _ in sampled(study_cases(tmp_path), SOME_CASES):
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


def without_library(cause: BaseException) -> ImportError:
    """Return the error of a library that did not load for another, as pandas raises it."""
    outer = ImportError("Unable to import required dependency numpy")
    outer.__cause__ = cause
    return outer


@pytest.mark.parametrize(("error", "memory", "descriptors", "folder"), [
    (MemoryError("Unable to allocate"), True, False, False),
    (OSError(errno.ENOMEM, "Cannot allocate memory"), True, False, False),
    (RuntimeError("can't start new thread"), True, False, False),
    (ImportError("x.so: failed to map segment from shared object"), True, False, False),
    (without_library(ImportError("x.so: failed to map segment")), True, False, False),
    (without_library(MemoryError()), True, False, False),
    (OSError(errno.EMFILE, "Too many open files"), False, True, False),
    (OSError(errno.ENFILE, "in the system"), False, True, False),
    (ImportError("x.so: cannot open: Too many open files"), False, True, False),
    (FileNotFoundError(2, "No usable temporary directory found in ['/x']"), False, False, True),
    (ValueError("out of memory"), False, False, False),
    (ValueError("No usable temporary directory found in"), False, False, False),
    (without_library(KeyError("x")), False, False, False),
    (ImportError("no module named x"), False, False, False),
    (OSError(errno.ENOENT, "No such file"), False, False, False),
])  # fmt: skip
def test_what_is_of_the_machine(
    error: BaseException, *, memory: bool, descriptors: bool, folder: bool
) -> None:
    found = (is_of_memory(error), is_of_descriptors(error), is_of_temporary_folder(error))
    assert found == (memory, descriptors, folder)
    assert is_of_machine(error) == any(found)


def test_an_error_is_told_by_what_a_library_did_not_load_for() -> None:
    cause = MemoryError()
    assert root_of(without_library(without_library(cause))) is cause
    raised = ImportError("outer")
    raised.__context__ = cause
    assert root_of(raised) is cause
    other = KeyError("x")
    other.__cause__ = cause
    assert root_of(other) is other


def test_a_kind_that_is_not_read_is_named_with_advice() -> None:
    words = unread_kind("RAR")
    assert words is not None
    assert words["found"].words("en") == "a RAR archive"
    assert "ZIP" in words["reason"].words("id")
    assert unread_kind("JSON") is None
    assert unread_kind(None) is None
