"""A group of verbs, each imported when it is called, so that `--help` loads none of them."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from batu_geo.cli.usage_reasons import usage_reason
from batu_geo.domain.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batu_geo.domain.errors import Language

DEBUG = "batu_geo.debug"
LANGUAGE = "batu_geo.language"


class LazyGroup(click.Group):
    """Verbs that stand in `cmd_VERB.command`; a usage error is one line, as every error is.

    Parameters
    ----------
    verbs
        By verb: its line in the list that `--help` prints.
    """

    def __init__(self, *, verbs: Mapping[str, str], **settings: Any) -> None:
        super().__init__(**settings)
        self.verbs = verbs

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the verbs, in order of name."""
        return sorted(self.verbs)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a verb."""
        if cmd_name not in self.verbs:
            return None
        command: click.Command = import_module(f"batu_geo.cli.cmd_{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.verbs[name]) for name in self.list_commands(ctx)])

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Parse the options before the verb."""
        language: Language = "en" if "--lang=en" in "=".join(args) else "id"
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
        click.echo(Problem("BG-461", values=values).line(language), err=True)
        raise click.exceptions.Exit(error.exit_code) from error
