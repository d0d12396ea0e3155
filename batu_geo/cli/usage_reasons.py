"""What is wrong with a command, in both languages, by the class of click's exception."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.exceptions import NoSuchCommand

from batu_geo.domain.reasons import Reason, recognised, usage_words

if TYPE_CHECKING:
    from collections.abc import Sequence


def usage_reason(error: click.UsageError) -> Reason:
    """Return the reason of a usage error; one that click adds later gets a general sentence."""
    english = _one_line(error.format_message())
    return Reason(english, _indonesian(error))


def _indonesian(error: click.UsageError) -> str:
    match error:
        case click.NoSuchOption():
            words = usage_words("no_such_option", name=repr(error.option_name))
            return _with_near(words, error.possibilities)
        case NoSuchCommand():
            words = usage_words("no_such_command", name=repr(error.command_name))
            return _with_near(words, error.possibilities)
        case click.MissingParameter():
            return _missing(error)
        case click.BadParameter():
            return _bad_value(error)
        case click.BadOptionUsage():
            code = "needs_no_value" if _is_flag(error) else "needs_value"
            return usage_words(code, name=repr(error.option_name))
    message = _one_line(error.message)
    # A message of our own is the form of the command, the same in both languages.
    own = message if message.startswith(("--", "FILE")) else None
    return recognised(message) or own or usage_words("unknown")


def _with_near(words: str, near: Sequence[str] | None) -> str:
    if not near:
        return words
    code = "near" if len(near) == 1 else "near_many"
    return usage_words(code, reason=words, near=", ".join(repr(name) for name in sorted(near)))


def _missing(error: click.MissingParameter) -> str:
    name = _hint(error)
    if error.param is not None and isinstance(error.param.type, click.Choice):
        known = ", ".join(str(choice) for choice in error.param.type.choices)
        return usage_words("missing_choice", name=name, known=known)
    return usage_words("missing", name=name)


def _bad_value(error: click.BadParameter) -> str:
    reason = recognised(_one_line(error.message))
    if reason is None:
        return usage_words("bad_value_unknown", name=_hint(error))
    return usage_words("bad_value", name=_hint(error), reason=reason)


def _hint(error: click.BadParameter) -> str:
    """Return the parameter as the help has it."""
    if error.param is None:
        return str(error.param_hint or "")
    return str(error.param.get_error_hint(error.ctx))


def _is_flag(error: click.BadOptionUsage) -> bool:
    parameters = error.ctx.command.params if error.ctx else []
    return any(
        isinstance(parameter, click.Option) and parameter.is_flag
        for parameter in parameters
        if error.option_name in parameter.opts
    )


def _one_line(text: str) -> str:
    return " ".join(text.split()).rstrip(".")
