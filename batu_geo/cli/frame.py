"""What the verbs share: options, errors as lines and exit codes, progress, printing."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batu_geo.domain.errors import Language

DEBUG = "batu_geo.debug"
LANGUAGE = "batu_geo.language"
PIPE_WIDTH = 120

data_option = click.option(
    "--data", type=click.Path(path_type=Path), help="Folder studi. / Study folder."
)
against_option = click.option(
    "--against", type=click.Path(path_type=Path),
    help="Folder studi pembanding. / Folder of another study of the same villages.",
)  # fmt: skip
out_option = click.option(
    "--out", type=click.Path(path_type=Path), default=Path("outputs"), show_default=True,
    help="Folder hasil. / Folder of all runs.",
)  # fmt: skip
language_option = click.option(
    "--lang", "language", type=click.Choice(["id", "en"]), default="id", show_default=True,
    help="Bahasa. / Language.",
)  # fmt: skip
set_option = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE",
    help="Ubah pengaturan skenario. / Override a setting.",
)  # fmt: skip


def run_options(verb: Callable[..., None]) -> Callable[..., None]:
    """Give a verb the options of a run."""
    options = (
        click.argument("scenario", default="baseline"),
        data_option,
        out_option,
        language_option,
        set_option,
        click.option("--again", is_flag=True, help="Hitung ulang. / Compute anew."),
        click.option("--json", "as_json", is_flag=True, help="Cetak JSON. / Print JSON."),
    )
    for option in reversed(options):
        verb = option(verb)
    return verb


class Verbs(click.Group):
    """Verbs whose usage errors are one line in the reader's language, as all errors are."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Parse what stands before the verb."""
        language: Language = "en" if "--lang=en" in "=".join(args) else "id"
        with _understood(language):
            context = super().make_context(info_name, args, parent, **extra)
        context.meta[LANGUAGE] = language
        return context

    def invoke(self, ctx: click.Context) -> Any:
        """Parse the verb and run it."""
        with _understood(ctx.meta[LANGUAGE]):
            return super().invoke(ctx)


@contextmanager
def _understood(language: Language) -> Iterator[None]:
    """Print a usage error as one line and end with its exit code."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        from batu_geo.cli.usage_reasons import usage_reason  # noqa: PLC0415 - --help needs none
        from batu_geo.domain.errors import Problem  # noqa: PLC0415

        verb = error.ctx.command_path if error.ctx else "batu-geo"
        values = {"reason": usage_reason(error), "verb": verb}
        click.echo(Problem("BG-461", values=values).line(language), err=True)
        raise click.exceptions.Exit(error.exit_code) from error


@contextmanager
def reported(context: click.Context, language: Any) -> Iterator[None]:
    """Print an expected error as its lines and end with its exit code."""
    from batu_geo.domain.errors import BatuGeoError, Problem  # noqa: PLC0415 - --help needs none

    try:
        yield
    except BatuGeoError as error:
        if context.meta[DEBUG]:
            raise
        _end(context, error.lines(language), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        _end(context, [], 130)
    except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
        # Whoever reads a pipe may stop reading, as `head` does: click ends without a word.
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
def progress(*, is_shown: bool) -> Iterator[Callable[[str], None] | None]:
    """Show the step a verb is at on a terminal; nothing in a pipe."""
    if not is_shown or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - --help needs none of it
    from rich.text import Text  # noqa: PLC0415

    with Console(stderr=True).status("") as status:
        # As text: a title is data and may look like markup.
        yield lambda text: status.update(Text(text))


def show(renderable: object) -> None:
    """Print what rich can print, at the width of the terminal or of a page."""
    from rich.console import Console  # noqa: PLC0415 - --help needs none of it

    Console(width=None if sys.stdout.isatty() else PIPE_WIDTH).print(renderable, crop=False)


def show_json(content: object) -> None:
    """Print JSON that a program reads."""
    click.echo(json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False))
