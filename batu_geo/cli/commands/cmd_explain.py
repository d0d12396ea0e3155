"""`batu-geo explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from batu_geo.cli.options import DATA, JSON, LANGUAGE, SCENARIO, SET
from batu_geo.cli.verb import Answer, Session, verb

if TYPE_CHECKING:
    from pathlib import Path


@verb("explain", click.Argument(["village"]), SCENARIO, DATA, LANGUAGE, SET, JSON)
def command(
    session: Session, *, village: str, scenario: str, data: Path | None, overrides: tuple[str, ...]
) -> Answer:
    """Jelaskan satu desa/kelurahan: menit, jiwa, kriteria, dan apa yang mengubah peringkatnya.

    Explain one village: its minutes, people and criteria, and what would change its rank.

    Contoh / Example: batu-geo explain "Desa Tlekung"
    """
    from batu_geo.render.terminal.explanation import explanation
    from batu_geo.render.text.words import word
    from batu_geo.verbs.explain import explain

    folder = session.study(data)
    show_step, language = session.progress, session.language
    answer = explain(
        village, scenario, data=folder, overrides=overrides,
        progress=(lambda name: show_step(word(name, language))) if show_step else None,
    )  # fmt: skip
    return Answer(lambda: [explanation(answer, language)], lambda: answer)
