"""`batu-geo status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.cli.options import DATA, LANGUAGE, OUT
from batu_geo.cli.verb import Answer, Session, verb

if TYPE_CHECKING:
    from pathlib import Path


@verb("status", DATA, OUT, LANGUAGE)
def command(session: Session, *, data: Path | None, out: Path) -> Answer:
    """Sebutkan hasil yang sudah usang, dan sebabnya.

    Name the runs that are stale, and why.

    Contoh / Example: batu-geo status
    """
    from batu_geo.render.text.words import state_line, word
    from batu_geo.verbs.replay import status

    states = status(out, data=session.study(data))
    language = session.language
    lines = [state_line(state.folder.name, state.reasons, language) for state in states]
    return Answer(lambda: lines or [word("status_no_runs", language, folder=out)])
