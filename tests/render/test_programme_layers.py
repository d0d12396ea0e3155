"""Layers of the programmes on the street: with figures, with hidden ones, and without any."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from batu_geo.planning.assess import assess
from batu_geo.render.cartography.base_map import base_map
from batu_geo.render.cartography.palette import BURDEN, MISSING, SHARE
from batu_geo.render.cartography.programme_layers import (
    PROGRAMMES,
    programme_groups,
    programme_layers,
)
from batu_geo.render.cartography.village_maps import gap_spec
from tests.planning.street import IDS, settings, study

UNITS = {"u0": ("v0", 0.0), "u3": ("v3", 12.0)}
COUNTS = pd.DataFrame(
    {
        "village_id": list(IDS),
        "ckg_participants": [15, 30, 6, 20],
        "jkn_registered": [20, 30, 25, np.nan],
        "jkn_active": [10, 15, 20, np.nan],
    }
)
NOTHING_KNOWN = "no data"


@pytest.mark.parametrize(("language", "nothing"), [("id", "tidak ada data"), ("en", "no data")])
@pytest.mark.slow
def test_without_figures_every_layer_is_there_and_has_no_data(language, nothing: str) -> None:
    base = base_map(assess(study(UNITS), settings()), language)
    layers = programme_layers(base)
    assert len(layers) == len(PROGRAMMES) == 4
    for layer in layers:
        assert {tip.rows[0][1] for tip in layer.tips} == {nothing}
        assert {look.colour for look in layer.looks} == {MISSING.colour}


@pytest.mark.slow
def test_with_figures_each_village_has_its_rate_or_no_data() -> None:
    """15 of 30 took part in v0; of 20 registered 10 are active there; v3 says nothing of JKN."""
    base = base_map(assess(study(UNITS, indicators=COUNTS), settings()), "en")
    said = {layer.name: [tip.rows[0][1] for tip in layer.tips] for layer in programme_layers(base)}
    ckg, registered, active, stunting = said.values()
    assert ckg == ["50.0%", "100.0%", "20.0%", "66.7%"]
    assert registered == ["66.7%", "100.0%", "83.3%", NOTHING_KNOWN]
    assert active == ["50.0%", "50.0%", "80.0%", NOTHING_KNOWN]
    assert stunting == [NOTHING_KNOWN] * 4


@pytest.mark.slow
def test_a_small_count_is_hidden_on_the_map_too() -> None:
    few = COUNTS.assign(ckg_participants=[15, 30, 3, 2])
    base = base_map(assess(study(UNITS, indicators=few), settings()), "en")
    ckg = programme_layers(base)[0]
    assert [tip.rows[0][1] for tip in ckg.tips][2:] == ["hidden", "hidden"]
    assert np.isnan(ckg.values[2:]).all()


@pytest.mark.slow
def test_the_map_of_gaps_has_them_and_their_legend_but_opens_without() -> None:
    town = study(UNITS, indicators=COUNTS)
    town.villages["unit_evidence"] = town.villages["unit_evidence_note"] = None
    base = base_map(assess(town, settings()), "en")
    spec = gap_spec(base)
    names = [layer.name for layer in programme_layers(base)]
    own = [layer for layer in spec.layers if getattr(layer, "name", "") in names]
    assert len(own) == 4
    assert not any(layer.is_shown for layer in own)
    titles = [group.title.on("screen") for group in spec.legend]
    assert all(group.title.on("screen") in titles for group in programme_groups(base))


def test_more_stunting_is_worse_and_more_uptake_is_better() -> None:
    assert BURDEN.look_of(31) == SHARE.look_of(10)
    assert BURDEN.look_of(1) == SHARE.look_of(90)
