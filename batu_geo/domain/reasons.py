"""Why something was refused, in both languages: libraries give reasons in English alone.

Where a library names the kind of error (pydantic, expat, the operating system), the kind decides
the Indonesian sentence. The rest is recognised by its English, see the end of `reasons.toml`.
"""

from __future__ import annotations

import errno
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Literal

PLACE = re.compile(r"\\\{(\w+)\\\}")
UNKNOWN = "unknown"
# How libraries, their loader, and Python without room for a frame say it where there is no code.
MEMORY_SAID = re.compile(
    r"can't start new thread|resource temporarily unavailable|failed to map segment"
    r"|cannot allocate memory|out of memory|bad_alloc"
    # Python 3.11 where there is no room for a frame
    r"|<function .* returned NULL without setting an exception|error return without exception set",
    re.IGNORECASE,
)
NO_TEMPORARY_FOLDER = re.compile(r"No usable temporary directory found in")
DESCRIPTORS_SAID = re.compile(r"too many open files", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in English and in Indonesian."""

    english: str
    indonesian: str

    def __str__(self) -> str:
        return self.english

    def words(self, language: Literal["id", "en"]) -> str:
        """Return the reason in the language of the reader."""
        return self.indonesian if language == "id" else self.english


def settings_reason(error: Mapping[str, Any]) -> Reason:
    """Return the reason of one error of pydantic, by its type and its context.

    >>> settings_reason({"type": "less_than_equal", "msg": "(English)", "ctx": {"le": 1.0}})
    Reason(english='(English)', indonesian='paling banyak 1')
    >>> settings_reason({"type": "new_in_pydantic_3", "msg": "(English)"}).indonesian
    'nilainya tidak sah'
    """
    code, context = error["type"], error.get("ctx", {})
    own, known = catalogue()["settings"], catalogue()["pydantic"]
    template = own[code]["id"] if code in own else known.get(code, known[UNKNOWN])
    values = {key: _plain(value) for key, value in context.items()}
    return Reason(error["msg"], template.format_map(values))


def _plain(value: object) -> str:
    """Return a value of the context of an error as a settings file has it."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace(" or ", " atau ")


def usage_words(code: str, **values: str) -> str:
    """Return what is wrong with a command, in Indonesian."""
    return str(catalogue()["usage"][code]).format_map(values)


def left_out_words(reason: str, language: Literal["id", "en"], **values: str) -> str:
    """Return why nobody lives along some streets, with their number and length.

    >>> left_out_words("driveway", "en", count="3", km="0.4")
    '3 driveways (0.4 km)'
    """
    return str(catalogue()["left_out"][language][reason]).format_map(values)


def unread_kind(kind: str | None) -> dict[str, Reason] | None:
    """Return what a file is that is not read, and what its owner can do; None for another.

    >>> unread_kind("XLSB")["found"].english
    'a binary Excel workbook (XLSB)'
    >>> unread_kind("JSON") is None
    True
    """
    words = catalogue()["unread"].get(kind)
    if words is None:
        return None
    return {
        "found": Reason(words["en"], words["id"]),
        "reason": Reason(words["fix_en"], words["fix_id"]),
    }


def xml_words(code: int) -> str:
    """Return what expat found wrong, in Indonesian, by the number of its error.

    >>> xml_words(7), xml_words(-1)
    ('penutup unsur tidak cocok', 'XML salah tulis')
    """
    known = catalogue()["expat"]
    return str(known.get(_expat_names().get(code), known[UNKNOWN]))


def coded_reason(error: Exception) -> Reason | None:
    """Return the reason of an error of expat or of the system, None for one without a code.

    >>> coded_reason(OSError(28, "No space left on device")).indonesian
    'penyimpanan penuh'
    """
    if isinstance(error, OSError) and error.errno is not None:
        known, name = catalogue()["system"], errno.errorcode.get(error.errno, str(error.errno))
        template = str(known.get(name, known[UNKNOWN]))
        return Reason(error.strerror or str(error), template.format(name=name))
    code, position = getattr(error, "code", None), getattr(error, "position", None)
    if isinstance(error, SyntaxError) and isinstance(code, int) and position:  # of ElementTree
        line, column = position
        return Reason(str(error), f"{xml_words(code)}: baris {line}, kolom {column}")
    return None


def is_of_memory(error: BaseException) -> bool:
    """Return whether an error is of the memory of the machine, not of what was asked of it.

    >>> is_of_memory(MemoryError()), is_of_memory(OSError(12, "Cannot allocate memory"))
    (True, True)
    >>> is_of_memory(ValueError("bad"))
    False
    """
    return any(
        isinstance(part, MemoryError)
        or (isinstance(part, OSError) and part.errno == errno.ENOMEM)
        or _says(part, MEMORY_SAID)
        for part in _chain(error)
    )


def is_of_descriptors(error: BaseException) -> bool:
    """Return whether no file can be opened any more, by this process or on this machine."""
    return any(
        (isinstance(part, OSError) and part.errno in {errno.EMFILE, errno.ENFILE})
        or _says(part, DESCRIPTORS_SAID)
        for part in _chain(error)
    )


def root_of(error: BaseException) -> BaseException:
    """Return the error that a library did not load for, any other error itself."""
    return list(_chain(error))[-1]


def _says(error: BaseException, words: re.Pattern[str]) -> bool:
    is_one_of_them = isinstance(error, ImportError | RuntimeError | OSError | SystemError)
    return is_one_of_them and words.search(str(error)) is not None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and, of a library or of Python itself, the errors that it came from."""
    part: BaseException | None = error
    while part is not None:
        yield part
        is_of_another = isinstance(part, ImportError | SystemError)
        part = part.__cause__ or part.__context__ if is_of_another else None


def is_of_temporary_folder(error: BaseException) -> bool:
    """Return whether there is no folder for temporary files."""
    return isinstance(error, OSError) and NO_TEMPORARY_FOLDER.search(str(error)) is not None


def is_of_machine(error: BaseException) -> bool:
    """Return whether an error says nothing of the file or folder in hand."""
    return is_of_memory(error) or is_of_descriptors(error) or is_of_temporary_folder(error)


def in_indonesian(reason: str) -> str:
    """Return a reason in Indonesian; one that `reasons.toml` does not know stays as it is.

    >>> in_indonesian("ring 1, position 3: 'x' is not a number")
    "cincin 1, posisi 3: 'x' bukan bilangan"
    >>> in_indonesian("Unclosed array (at line 2, column 9)")
    "daftar tanpa ']' (baris 2, kolom 9)"
    >>> in_indonesian("something new")
    'something new'
    """
    return recognised(reason) or reason


def recognised(reason: str) -> str | None:
    """Return a reason in Indonesian, None for one that `reasons.toml` does not know."""
    for pattern, words in _sentences():
        match = pattern.fullmatch(reason)
        if match:
            parts = match.groupdict()
            if "reason" in parts:
                parts["reason"] = in_indonesian(parts["reason"])
            return words.format_map(parts)
    return None


@cache
def catalogue() -> Mapping[str, Any]:
    """Return `reasons.toml`."""
    text = files("batu_geo.domain").joinpath("reasons.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _expat_names() -> Mapping[int, str]:
    """Return the names of the errors of expat as `reasons.toml` has them, by their number."""
    prefix = "XML_ERROR_"
    return {
        expat.errors.codes[english]: name.removeprefix(prefix).lower()
        for name, english in vars(expat.errors).items()
        if name.startswith(prefix)
    }


@cache
def _sentences() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (_pattern(reason), words)
        for sentences in catalogue()["sentence"].values()
        for reason, words in sentences.items()
    )


def _pattern(reason: str) -> re.Pattern[str]:
    """Return what matches a reason with any words in the place of its braces."""
    return re.compile(PLACE.sub(r"(?P<\1>.+?)", re.escape(reason)), re.DOTALL)
