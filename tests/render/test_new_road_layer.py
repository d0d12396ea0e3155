"""Roads that a scenario builds, on every map: a layer, a line of the legend, name, class and cost."""

from __future__ import annotations

import json
from html import unescape

import pytest
from matplotlib.colors import to_hex

from batu_geo.domain.travel import NewRoad
from batu_geo.planning.assess import assess
from batu_geo.render.cartography.access_maps import reach_spec
from batu_geo.render.cartography.base_map import base_map
from batu_geo.render.cartography.map_spec import RoadLayer, TripLayer
from batu_geo.render.cartography.palette import NEW_ROAD
from batu_geo.render.cartography.siting_maps import candidate_spec
from batu_geo.render.cartography.village_maps import status_spec
from batu_geo.render.paper.print_style import printed
from batu_geo.render.paper.sheet_painter import paint_sheet
from batu_geo.render.web.map_layers import folium_layers
from tests.planning.street import settings, study
from tests.planning.test_assess import lonlat

NAME = "Jalan <b>pintas</b>"
UNITS = {"u0": ("v0", 0.0)}
BUILDINGS = {"b1": ("v1", 4.0)}
ROADS = (
    NewRoad(name=NAME, line=(lonlat(0), lonlat(6, 50), lonlat(12)), road_class="residential",
            cost_rupiah=1_250_000_000, source="toy"),
    # It joins the first, which gets two pieces more.
    NewRoad(name="Gang baru", line=(lonlat(6, 45), lonlat(6, 90)), road_class="path", source="toy"),
)  # fmt: skip
SPECS = {
    "status": status_spec, "sites": candidate_spec, "reach": reach_spec,
}  # fmt: skip


@pytest.fixture(scope="module")
def base():
    return base_map(assess(study(UNITS, BUILDINGS), settings(new_roads=ROADS)), "id")


@pytest.mark.parametrize("question", SPECS)
@pytest.mark.slow
def test_new_roads_are_a_layer_over_the_others_with_a_tip_each(base, question: str) -> None:
    spec = SPECS[question](base)
    kinds = [type(layer) for layer in spec.layers]
    at = kinds.index(TripLayer)
    assert kinds[at - 1] is RoadLayer
    layer = spec.layers[at]
    assert layer.name == "Jalan baru dalam skenario"
    lengths = base.assessment.study.built.metres
    assert layer.lines.length.tolist() == pytest.approx(list(lengths))
    assert [(tip.title, *(text for _, text in tip.rows)) for tip in layer.tips] == [
        (NAME, "residential", "1.204", "Rp 1.250.000.000"),
        ("Gang baru", "path", str(round(lengths[1])), "tidak ada data"),
    ]
    for medium in ("screen", "paper"):
        entries = [e for group in spec.legend_on(medium) for e in group.lines(medium)]
        assert [e.label.on(medium) for e in entries if e.look == NEW_ROAD] == [layer.name]


@pytest.mark.slow
def test_a_scenario_without_new_roads_has_no_such_layer() -> None:
    plain = base_map(assess(study(UNITS, BUILDINGS), settings()), "id")
    for make in SPECS.values():
        spec = make(plain)
        assert not [layer for layer in spec.layers if isinstance(layer, TripLayer)]
        assert NEW_ROAD not in [entry.look for group in spec.legend for entry in group.entries]


def test_both_painters_draw_new_roads(base) -> None:
    spec = reach_spec(base)
    (layer,) = [layer for layer in spec.layers if isinstance(layer, TripLayer)]
    (drawn,) = folium_layers(base, layer)
    page = unescape(json.dumps(drawn.data, ensure_ascii=False))
    assert drawn.layer_name == "Jalan baru dalam skenario"
    assert "Rp 1.250.000.000" in page
    assert len(drawn.data["features"]) == 2
    assert "<b>pintas" not in json.dumps(drawn.data)
    with printed():
        figure = paint_sheet(base, spec, (260.0, 170.0))
    lines = [line for axes in figure.axes for line in axes.get_lines()]
    drawn = [line for line in lines if to_hex(line.get_color()) == NEW_ROAD.colour]
    assert sorted(len(line.get_xdata()) for line in drawn)[-1] >= 3
    assert "Jalan baru dalam skenario" in {t.get_text() for t in figure.findobj(match=_is_text)}


def _is_text(artist: object) -> bool:
    return hasattr(artist, "get_text")
