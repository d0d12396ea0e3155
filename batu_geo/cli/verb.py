"""What every verb shares: the study it reads, progress, printing, errors and exit codes."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.text import Text

from batu_geo.cli.lazy_group import DEBUG
from batu_geo.domain.errors import BatuGeoError, Problem, shown
from batu_geo.render.text.words import word
from batu_geo.runs import study_of_run
from batu_geo.sources.study.choose_study import chosen_study
from batu_geo.sources.study.study_files import STUDY_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import RenderableType

    from batu_geo.domain.errors import Language

PIPE_WIDTH = 120
LONGEST_PATH = 400


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb prints, and the exit code it ends with.

    Attributes
    ----------
    text
        Returns what people read: lines, and tables that rich prints.
    records
        Returns what `--json` prints.
    folder
        What `--quiet` prints.
    exit_code
        Of the program.
    """

    text: Callable[[], Iterable[RenderableType]]
    records: Callable[[], object] | None = None
    folder: Path | None = None
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """One call of a verb.

    Attributes
    ----------
    language
        Of everything it prints.
    progress
        Shows the step the verb is at; None in a pipe and with `--quiet`.
    """

    language: Language
    progress: Callable[[str], None] | None

    def study(
        self, data: Path | None, *, run: Path | None = None, against: Path | None = None
    ) -> Path:
        """Return the folder of the study that is read, and say on standard error which it is.

        Parameters
        ----------
        data
            What the user named; otherwise it is looked for, see `chosen_study`.
        run
            Folder of a run: of the studies that are looked for, the one it was made from.
        against
            Folder of another study that is compared with it.
        """
        folder, source = chosen_study(data, here=Path(), name=study_of_run(run) if run else "")
        line = word(source, self.language, path=_card(folder))
        if against:
            line += word("study_against", self.language, path=_card(against))
        click.echo(line, err=True)
        return folder


def _card(folder: Path) -> str:
    """Return the path of a `study.toml` for a line of the terminal."""
    path = folder if folder.name == STUDY_FILE else folder / STUDY_FILE
    return shown(path, longest=LONGEST_PATH)


def verb(name: str, *options: click.Parameter) -> Callable[[Callable[..., Answer]], click.Command]:
    """Make a command of a function that takes a `Session` and its options, and returns an `Answer`.

    `--lang`, `--json` and `--quiet` are for the session and the printing; the function does not
    get them. Errors are printed as lines and end with their exit codes.
    """

    def made(function: Callable[..., Answer]) -> click.Command:
        @click.pass_context
        def callback(
            context: click.Context, /, *, language: Language, as_json: bool = False,
            quiet: bool = False, **settings: Any,
        ) -> None:  # fmt: skip
            with _errors_as_lines(context, language):
                with _progress(is_shown=not quiet) as progress:
                    answer = function(Session(language, progress), **settings)
                _print(answer, as_json=as_json, quiet=quiet)
                context.exit(answer.exit_code)

        return click.Command(name, callback=callback, params=list(options), help=function.__doc__)

    return made


@contextmanager
def _errors_as_lines(context: click.Context, language: Language) -> Iterator[None]:
    """Print an error as its lines and end with its exit code."""
    try:
        yield
    except BatuGeoError as error:
        if context.meta[DEBUG]:
            raise
        _end(context, error.lines(language), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        _end(context, [], 130)
    except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
        # A reader may close its pipe early, as `head` does: click ends the program quietly.
        raise
    except Exception as error:
        if context.meta[DEBUG]:
            raise
        values = {"reason": f"{type(error).__name__}: {error}"}
        _end(context, [Problem("BG-900", values=values).line(language)], 70)


def _end(context: click.Context, lines: list[str], exit_code: int) -> None:
    for line in lines:
        click.echo(line, err=True)
    context.exit(exit_code)


@contextmanager
def _progress(*, is_shown: bool) -> Iterator[Callable[[str], None] | None]:
    """Show the step a verb is at on a terminal, from the first one on; nothing in a pipe."""
    if not is_shown or not sys.stderr.isatty():
        yield None
        return
    status = Console(stderr=True).status("")

    def step(text: str) -> None:
        status.update(Text(text))  # as text: a title is data and may look like markup
        status.start()

    try:
        yield step
    finally:
        status.stop()


def _print(answer: Answer, *, as_json: bool, quiet: bool) -> None:
    """Print an answer in the form that was asked for."""
    if as_json and answer.records is not None:
        content = answer.records()
        click.echo(json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False))
    elif quiet:
        click.echo(answer.folder)
    else:
        for part in answer.text():
            show(part)


def show(part: RenderableType) -> None:
    """Print a line as it is, and a table at the width of the terminal or of a page."""
    if isinstance(part, str):
        click.echo(part)
    else:
        width = None if sys.stdout.isatty() else PIPE_WIDTH
        Console(width=width).print(part, crop=False)
