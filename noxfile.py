"""The four daily commands, in the environment nox itself runs in: nothing is installed.

`.venv/bin/nox -l` lists them, `.venv/bin/nox -s quick` runs one; what follows `--` goes
to pytest. The README's test command sets up `.venv`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["quick", "lint", "types"]
BIN = Path(sys.executable).parent
PYTEST = (sys.executable, "-m", "pytest", "-q", "-n", "2")


@nox.session
def tests(session: nox.Session) -> None:
    """Run every test, doctests included."""
    session.run(*PYTEST, *session.posargs)


@nox.session
def quick(session: nox.Session) -> None:
    """Run what takes no minute: all tests that are not marked slow."""
    session.run(*PYTEST, "-m", "not slow", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, layers and the limits of the house; write the format."""
    session.run(str(BIN / "ruff"), "format", ".")
    session.run(str(BIN / "ruff"), "check", ".")
    session.run(str(BIN / "lint-imports"))
    session.run(sys.executable, "scripts/house_limits.py")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the package."""
    session.run(str(BIN / "mypy"))
