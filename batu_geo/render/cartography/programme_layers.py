"""Layers of the programmes by village: CKG, membership and activeness of JKN, stunting."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from batu_geo.access.indicators import indicator_table
from batu_geo.planning.study_indicators import programme
from batu_geo.render.cartography.map_spec import AreaLayer, Label, LegendEntry, LegendGroup, Tip
from batu_geo.render.cartography.palette import BURDEN, SHARE
from batu_geo.render.text.column_headings import cell

if TYPE_CHECKING:
    from batu_geo.render.cartography.base_map import BaseMap
    from batu_geo.render.cartography.palette import Ranges

PROGRAMMES: dict[str, Ranges] = {
    "ckg_participants": SHARE,
    "jkn_registered": SHARE,
    "jkn_active": SHARE,
    "stunted_children": BURDEN,
}


def programme_layers(base: BaseMap) -> tuple[AreaLayer, ...]:
    """Return a layer for each programme, of what may be published; a page opens without them.

    A village without a figure has no data, and so has one whose count is hidden.
    """
    study = base.assessment.study
    table = indicator_table(study.villages, programme(study))
    layers = []
    for name, classes in PROGRAMMES.items():
        # Totals of districts and of the city have no id.
        own = table[(table["indicator"] == name) & (table["village_id"] != "")]
        own = own.set_index("village_id")
        own = own.reindex(base.villages["village_id"])
        rates = own["rate"].astype(float)
        title = _title(base, name)
        tips = tuple(
            Tip(village, ((title, _said(base, rate, is_hidden=hidden is True)),))
            for village, rate, hidden in zip(base.names, rates, own["is_hidden"], strict=True)
        )
        layers.append(AreaLayer(title, classes, tuple(rates), tips, is_shown=False, only="screen"))
    return tuple(layers)


def _said(base: BaseMap, rate: float, *, is_hidden: bool) -> str:
    if math.isnan(rate):
        return base.word("count_hidden" if is_hidden else "no_data")
    return f"{base.number(rate, 1)}%"


def programme_groups(base: BaseMap) -> tuple[LegendGroup, ...]:
    """Return the classes of the layers: uptake, of which more is better, and stunting."""
    return tuple(
        LegendGroup(
            Label(base.word(key)),
            _entries(base, classes),
            layers=tuple(_title(base, name) for name, of in PROGRAMMES.items() if of is classes),
        )
        for key, classes in (("layer_rates", SHARE), ("layer_burdens", BURDEN))
    )


def _title(base: BaseMap, name: str) -> str:
    return base.word("layer_programme", name=cell("indicator", name, base.language))


def _entries(base: BaseMap, classes: Ranges) -> tuple[LegendEntry, ...]:
    limits = [0.0, *classes.breaks, 100.0]
    texts = [
        f"{base.number(low, 1)}-{base.number(high, 1)}%" for low, high in itertools.pairwise(limits)
    ]
    shown = [*zip(texts, classes.looks, strict=True), (base.word("no_data"), classes.missing)]
    return tuple(LegendEntry(Label(text), look) for text, look in shown)
