"""What every verb shares: the study it reads, progress, printing, errors and exit codes.

The modules of the command line import at the top only what `--help` needs; a verb imports the
rest when it runs.
"""

from __future__ import annotations

import json
import traceback
import webbrowser
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
from click.core import ParameterSource

from batu_geo.cli.environment import ending_of, memory_in_reserve
from batu_geo.cli.interrupts import interrupts
from batu_geo.cli.lazy_group import DEBUG
from batu_geo.cli.progress import Progress
from batu_geo.cli.streams import broken, printing, say, terminal_width
from batu_geo.domain.errors import BatuGeoError, Problem, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import RenderableType

    from batu_geo.domain.errors import Language

Form = Literal["text", "json", "quiet"]
PIPE_WIDTH = 120
LONGEST_PATH = 400


@dataclass(frozen=True, slots=True)
class Answer:
    """Output of a verb in each form, and its exit code.

    Attributes
    ----------
    text
        Returns the lines and tables for people.
    records
        Returns the content of `--json`.
    folder
        Path that `--quiet` prints.
    exit_code
        Exit code of the program.
    page
        File to look at, which the last line names and `--open` opens.
    """

    text: Callable[[], Iterable[RenderableType]]
    records: Callable[[], object] | None = None
    folder: Path | None = None
    exit_code: int = 0
    page: Path | None = None


@dataclass(slots=True)
class Session:
    """One call of a verb.

    Attributes
    ----------
    language
        Language of all output.
    progress
        Shows the current step; None with `--quiet` and `--json`.
    may_change
        Whether a study may say in which language it speaks: no `--lang` did.
    """

    language: Language
    progress: Progress | None
    may_change: bool = False

    def study(
        self, data: Path | None, *, run: Path | None = None, against: Path | None = None
    ) -> Path:
        """Return the folder of the study to read, and print its path on standard error.

        Parameters
        ----------
        data
            Folder given by the user; None to search for one, see `chosen_study`.
        run
            Folder of a run: the search prefers the study it was made from.
        against
            Folder of another study to compare with.
        """
        from batu_geo.render.text.words import word
        from batu_geo.runs import study_of_run
        from batu_geo.sources.study.choose_study import chosen_study

        folder, source = chosen_study(data, here=Path(), name=study_of_run(run) if run else "")
        self._speak_as(folder)
        line = word(source, self.language, path=_card(folder))
        if against:
            line += word("study_against", self.language, path=_card(against))
        say(line)
        return folder

    def _speak_as(self, folder: Path) -> None:
        """Take the words and the language of the place of a study, where it can be read."""
        from batu_geo.render.text.catalogue import say_as
        from batu_geo.sources.study.study_files import StudyFiles

        try:
            place = StudyFiles.at(folder).card.place
        except BatuGeoError:  # which the verb says
            return
        say_as(place)
        if self.may_change and place.language:
            self.language = place.language


def _card(folder: Path) -> str:
    """Return the path of a `study.toml` for a line of the terminal."""
    from batu_geo.sources.study.study_files import STUDY_FILE

    path = folder if folder.name == STUDY_FILE else folder / STUDY_FILE
    return shown(path, longest=LONGEST_PATH)


def verb(name: str, *options: click.Parameter) -> Callable[[Callable[..., Answer]], click.Command]:
    """Make a command of a function that takes a `Session` and its options, and returns an `Answer`.

    `--lang`, `--json`, `--quiet`, `--pages` and `--open` are for the session and the printing; the
    function does not get them. Errors are printed as lines and end with their exit codes.
    """

    def made(function: Callable[..., Answer]) -> click.Command:
        @click.pass_context
        def callback(
            context: click.Context, /, *, language: Language, as_json: bool = False,
            quiet: bool = False, is_paged: bool = False, is_opened: bool = False, **settings: Any,
        ) -> None:  # fmt: skip
            given = context.get_parameter_source("language")
            session = Session(language, None, given is ParameterSource.DEFAULT)
            with _errors_as_lines(context, session):
                with Progress() as progress:
                    session.progress = None if quiet or as_json else progress
                    answer = function(session, **settings)
                with printing():
                    form: Form = "json" if as_json else "quiet" if quiet else "text"
                    _print(answer, form, session.language, is_paged=is_paged)
                if is_opened and answer.page:
                    open_page(answer.page, session.language)
                context.exit(answer.exit_code)

        return click.Command(name, callback=callback, params=list(options), help=function.__doc__)

    return made


@contextmanager
def _errors_as_lines(context: click.Context, session: Session) -> Iterator[None]:
    """Print an error as its lines and end with its exit code."""
    try:
        with interrupts(), memory_in_reserve():
            yield
    except BatuGeoError as error:
        if context.meta[DEBUG]:
            raise
        _end(context, error.lines(session.language), error.exit_code)
    except (click.UsageError, click.exceptions.Exit, BrokenPipeError):
        # A reader may close its pipe early, as `head` does: click ends the program quietly.
        raise
    except (Exception, KeyboardInterrupt) as error:
        if context.meta[DEBUG] and not isinstance(error, KeyboardInterrupt):
            raise
        _end(context, *_lines(error, session.language))


def _lines(error: BaseException, language: Language) -> tuple[list[str], int]:
    """Return the line of what the environment did, or of a fault of the program, and the code."""
    ending = ending_of(error)
    traceback.clear_frames(error.__traceback__)  # their arrays, before anything is printed
    if ending is None:
        values = {"reason": f"{type(error).__name__}: {error}"}
        ending = Problem("BG-900", values=values), 70
    problem, exit_code = ending
    return [problem.line(language)], exit_code


def _end(context: click.Context, lines: list[str], exit_code: int) -> None:
    for line in lines:
        say(line)
    context.exit(exit_code)


def _print(answer: Answer, form: Form, language: Language, *, is_paged: bool) -> None:
    """Print an answer as JSON, as a folder or as text."""
    if form == "json" and answer.records is not None:
        content = answer.records()
        click.echo(json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False))
    elif form == "quiet":
        click.echo(answer.folder)
    else:
        from batu_geo.render.text.words import word

        parts = list(answer.text())
        if answer.page:
            parts.append(f"{word('print_page', language)}: {answer.page}")
        show(*parts, is_paged=is_paged)


def show(*parts: RenderableType, is_paged: bool = False) -> None:
    """Print lines, and tables at the width of the terminal or `PIPE_WIDTH`.

    On a terminal a long line is broken between words; elsewhere lines stay as they are. Screen by
    screen only on a terminal.
    """
    from rich.console import Console
    from rich.text import Text

    width = terminal_width()
    console = Console(width=width or PIPE_WIDTH)
    if is_paged and width:
        from rich.console import Group

        with console.pager(styles=True):
            console.print(Group(*parts))
        return
    for part in _parts_of(parts):
        if isinstance(part, str):
            click.echo(broken(part, width) if width else part)
        elif isinstance(part, Text) and part.no_wrap:
            # The first word keeps its colour: nothing before it moves.
            line = broken(part.plain, width) if width else part.plain
            console.print(Text(line, part.style, spans=part.spans[:1]), soft_wrap=True)
        else:
            console.print(part, crop=False)


def _parts_of(parts: Iterable[RenderableType]) -> Iterator[RenderableType]:
    """Yield the parts, those of a group one by one."""
    from rich.console import Group

    for part in parts:
        if isinstance(part, Group):
            yield from _parts_of(part.renderables)
        else:
            yield part


def open_page(page: Path, language: Language) -> None:
    """Open a file in the browser of the user; a line of standard error where there is none."""
    if not webbrowser.open(page.resolve().as_uri()):
        say(Problem("BG-480", str(page)).line(language))
