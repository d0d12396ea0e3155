"""A click group that imports a verb when it is called, so that `--help` is quick."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from batu_geo.cli.streams import say
from batu_geo.cli.usage_reasons import usage_reason
from batu_geo.domain.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batu_geo.domain.errors import Language

DEBUG = "batu_geo.debug"
LANGUAGE = "batu_geo.language"


def language_asked(args: Sequence[str]) -> Language:
    """Return the language of a command, before its options are parsed.

    >>> language_asked(["plan", "--lang", "en"]), language_asked(["plan"])
    ('en', 'id')
    """
    return "en" if "--lang=en" in "=".join(args) else "id"


class LazyGroup(click.Group):
    """Group of the commands `cmd_VERB.command`; a usage error is printed as one line.

    Parameters
    ----------
    verbs
        By heading of `--help`, the line of each verb.
    modules
        How the module of a verb is called, before its name.
    """

    def __init__(
        self, *, verbs: Mapping[str, Mapping[str, str]], modules: str = "commands.cmd_",
        **settings: Any,
    ) -> None:  # fmt: skip
        super().__init__(**settings)
        self.headed, self.modules = verbs, modules
        self.verbs = {name: line for part in verbs.values() for name, line in part.items()}

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the verbs, sorted by name."""
        return sorted(self.verbs)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a verb."""
        if cmd_name not in self.verbs:
            return None
        command: click.Command = import_module(f"batu_geo.cli.{self.modules}{cmd_name}").command
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        for heading, lines in self.headed.items():
            with formatter.section(heading):
                formatter.write_dl(list(lines.items()))

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Parse the options before the verb."""
        language = language_asked(args)
        with _usage_error_as_line(language):
            context = super().make_context(info_name, args, parent, **extra)
        context.meta[LANGUAGE] = language
        return context

    def invoke(self, ctx: click.Context) -> Any:
        """Parse the verb and run it."""
        with _usage_error_as_line(ctx.meta[LANGUAGE]):
            return super().invoke(ctx)


@contextmanager
def _usage_error_as_line(language: Language) -> Iterator[None]:
    """Print a usage error as one line and end with its exit code."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        verb = error.ctx.command_path if error.ctx else "batu-geo"
        values = {"reason": usage_reason(error), "verb": verb}
        say(Problem("BG-461", values=values).line(language))
        raise click.exceptions.Exit(error.exit_code) from error
