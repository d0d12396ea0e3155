"""`explain`: why a village ranks where it does, and what would change it most."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.domain.tables import composed
from batu_geo.planning.assess import assess
from batu_geo.planning.explain_village import explain_village
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.verbs.read_study import read_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from batu_geo.domain.tables import Villages


# What people write before the name of a village.
LEVEL = re.compile(r"^\s*(desa|kelurahan|kel|ds|village)\b\.?\s*", re.IGNORECASE)


def explain(
    village: str,
    scenario: str = "baseline",
    *,
    data: Path | str | None = None,
    overrides: Iterable[str] = (),
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Return why a village ranks where it does, from its minutes to what would change it.

    Parameters
    ----------
    village
        Its code or its name.
    scenario, data, overrides
        As of `plan`.
    progress
        Called with the name of each step as it begins.

    Returns
    -------
    dict
        Plain values, ready for JSON: ``village``, ``rank`` (missing for a village that has a
        unit), ``certainty``, ``minutes`` (the mean and its parts), ``people`` by group,
        ``criteria``, ``building``, ``evidence`` and ``changes``, largest first. Unreachable
        is null.

    Raises
    ------
    ScenarioError
        When the study has no such village; the message names the nearest one.

    Examples
    --------
    >>> import batu_geo as bg
    >>> answer = bg.explain("Tlekung")
    >>> answer["rank"], answer["of"]
    (2, 6)
    """
    study = read_study(data)
    village_id = find_village(study.villages, village)
    settings = load_scenario(scenario, overrides=overrides, study=study)
    return explain_village(assess(study, settings, progress=progress), village_id)


def find_village(villages: Villages, wanted: str) -> str:
    """Return the code of a village from its code, a spelling of its name, or how that begins.

    The level may stand before the name: ``Desa Tlekung``.
    """
    ids, names = villages["village_id"].tolist(), villages["village_name"].tolist()
    if composed(wanted.strip()) in ids:
        return str(composed(wanted.strip()))
    by_name = {_plain(name): village_id for name, village_id in zip(names, ids, strict=True)}
    for asked in dict.fromkeys((_plain(wanted), _plain(LEVEL.sub("", wanted, count=1)))):
        same = [i for i, name in zip(ids, names, strict=True) if _plain(name) == asked]
        # The beginning of a name is enough where it is that of one village alone.
        same = same or [i for name, i in by_name.items() if asked and name.startswith(asked)]
        if len(same) > 1:
            values = {"value": wanted, "codes": ", ".join(same)}
            raise ScenarioError(Problem("BG-311", values=values))
        if same:
            return str(same[0])
    close = difflib.get_close_matches(_plain(wanted), by_name, n=1, cutoff=0.5)
    nearest = names[ids.index(by_name[close[0]])] if close else names[0]
    raise ScenarioError(Problem("BG-304", values={"value": wanted, "nearest": nearest}))


def _plain(name: str) -> str:
    return "".join(c for c in composed(name).casefold() if c.isalnum())
