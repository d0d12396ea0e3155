"""`batu-geo replay`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from batu_geo.cli.options import AGAINST, DATA, LANGUAGE, PATH
from batu_geo.cli.verb import Answer, Session, verb

if TYPE_CHECKING:
    from pathlib import Path


@verb("replay", click.Argument(["folder"], type=PATH), DATA, AGAINST, LANGUAGE)
def command(session: Session, *, folder: Path, data: Path | None, against: Path | None) -> Answer:
    """Hitung ulang satu hasil dari manifestnya dan bandingkan sama persis, bita demi bita.

    Compute a run again from its manifest and compare it byte by byte.

    Contoh / Example: batu-geo replay outputs/baseline-1a2b3c4d
    """
    from batu_geo.render.text.words import word
    from batu_geo.verbs.replay import replay

    study = session.study(data, run=folder, against=against)
    differ = replay(folder, data=study, against=against, progress=session.progress)
    lines = [word("replay_differs", session.language, name=name) for name in differ]
    lines = lines or [word("replay_same", session.language)]
    return Answer(lambda: lines, exit_code=1 if differ else 0)
