"""Programme figures of a study by village, as they may be used."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from batu_geo.access.protected import Protected, protect
from batu_geo.domain.contracts import INDICATORS
from batu_geo.domain.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batu_geo.domain.tables import Villages
    from batu_geo.planning.study import Study

# For those who read studies and may not know the floor that protects them.
Publishable: TypeAlias = Protected


def publishable(
    villages: Villages, indicators: pd.DataFrame | None, figures: pd.DataFrame | None
) -> Publishable | None:
    """Return what may be published of the programme figures of a study; None of none.

    Parameters
    ----------
    villages, indicators
        As read.
    figures
        What the city reports itself; None for nothing.
    """
    if indicators is None:
        return None
    reported = () if figures is None else frozenset(figures["figure_id"])
    return protect(villages, indicators, reported=reported)


def indicators_by_village(study: Study) -> pd.DataFrame:
    """Return the programme figures by village id as they may be used, empty where there are none.

    They follow from what is published, so that no rate, rank or score gives a small count away.
    """
    return programme(study).usable()


def programme(study: Study) -> Protected:
    """Return what may be published of the programme figures of a study; of none, nothing."""
    if study.indicators is None:
        return protect(study.villages, pd.DataFrame({"village_id": []}))
    return study.indicators


def public_inputs(
    inputs: dict[str, dict[str, str]], protected: Publishable | None
) -> dict[str, dict[str, str]]:
    """Return what is known of the files of a study as it may be published.

    Where a count is hidden, the SHA-256 of the programme figures is that of what is published of
    them: every table that fits could be tried against that of the file. It is empty where nobody
    has looked at them.
    """
    if "indicators" not in inputs or (protected is not None and not protected.hides_any):
        return inputs
    sha256 = "" if protected is None else protected.fingerprint()
    return {**inputs, "indicators": {**inputs["indicators"], "sha256": sha256}}


def together(one: Study, other: Study) -> tuple[Study, Study]:
    """Return two studies of the same villages as they may be shown side by side.

    A count that both have, hidden in one and published in the other, would be known.
    """
    if one.indicators is None or other.indicators is None:
        return one, other
    if one.indicators.village_ids != other.indicators.village_ids:
        return one, other
    return _with(one, other.indicators), _with(other, one.indicators)


def _with(study: Study, other: Publishable) -> Study:
    own = programme(study)
    beside = own.beside(other)
    if beside.fingerprint() == own.fingerprint():
        return study
    card = {**study.inputs["indicators"], "sha256": beside.fingerprint()}
    return replace(study, indicators=beside, inputs={**study.inputs, "indicators": card})


def protection_notices(study: Study) -> Iterator[Problem]:
    """Yield what is not published of each figure, and which districts have one total together."""
    protected, path = programme(study), study.inputs.get("indicators", {}).get("path", "")
    words = {column.name: column for column in INDICATORS.columns}
    for name, figure in protected.figures.items():
        if not figure.is_hidden.any():
            continue
        about = {"meaning": words[name].meaning_id, "meaning_en": words[name].meaning_en}
        count = int(figure.is_hidden.sum())
        yield Problem("BG-860", path, column=name, values={**about, "count": count})
        without = [protected.areas[number] for number in figure.together]
        if without and figure.is_total_hidden[-1]:
            places = ", ".join([*without, protected.areas[-1]])
            yield Problem("BG-862", path, column=name, values={**about, "places": places})
        elif without:
            places = ", ".join(without)
            yield Problem("BG-861", path, column=name, values={**about, "places": places})
