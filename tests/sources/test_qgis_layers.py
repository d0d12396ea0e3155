"""Layers that QGIS itself saved: the same closures and directions as the extract they came from.

`tests/qgis_layers/write_layers.py` wrote them with QGIS 3.22 from `town.osm` beside it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from batu_geo.checking.road_file_notices import road_file_notices
from tests.road_files import town, with_keys, write_xml
from tests.sources.test_road_formats import built, closed_by_way, network, reading_of, rules

LAYERS = Path(__file__).parents[1] / "qgis_layers"
FILES = {"town.gpkg": True, "town.zip": False, "town.geojson": False}


def test_the_layers_are_of_the_drawn_town(tmp_path: Path) -> None:
    drawn = write_xml(tmp_path, town(bollard=True, turn=True))
    assert (LAYERS / "town.osm").read_text(encoding="utf-8") == drawn.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "has_points"), FILES.items())
def test_streets_saved_by_qgis_are_those_of_the_extract(
    name: str, has_points: bool, tmp_path: Path
) -> None:
    """Of a Shapefile only the name of `oneway:motorcycle` was cut too short to be used."""
    reading = reading_of(LAYERS / name)
    assert (reading.holds_nodes, reading.holds_turns) == (has_points, False)
    same = with_keys(town(bollard=has_points), reading.keys)
    found = rules(built(reading))
    assert len(found) == 15 + has_points, "a bollard cuts the street it stands on"
    assert found == rules(network(write_xml(tmp_path, same)))
    written = {key for _, tags in town().ways.values() for key in tags} - {"layer"}
    lost = {"oneway:motorcycle"} if name == "town.zip" else set()
    assert written - (reading.keys or set()) == lost


@pytest.mark.parametrize("name", FILES)
def test_directions_by_hand(name: str) -> None:
    """Way 1001 is one-way to the east, 1002 to the west, 1003 for cars, 2004 not for walkers."""
    closed = closed_by_way(network(LAYERS / name))
    foot, motorcycle, driven = 1, 2, 2 | 4 | 8
    assert closed[1001] == (0, driven)
    assert closed[1002] == (driven, 0)
    kept = 0 if name == "town.zip" else motorcycle
    assert closed[1003] == (0, driven - kept)
    assert closed[1004] == (driven, driven)
    assert closed[2004] == (foot, foot)


@pytest.mark.parametrize("name", FILES)
def test_check_names_the_rules_that_qgis_had_no_place_for(name: str) -> None:
    roads = network(LAYERS / name)
    said = {p.code: str(p.values.get("listed_en", p.values["listed"]))
            for p in road_file_notices(roads, name)}  # fmt: skip
    missing = said["BG-247"].split(", ")
    assert "turn restrictions" in missing
    assert ("barriers on nodes" in missing) == (not FILES[name])
    assert not {"oneway", "motor_vehicle", "motorcar", "foot", "access"} & set(missing)
    cut = "oneway_mot (oneway:motor_vehicle, oneway:motorcar, oneway:motorcycle)"
    assert said.get("BG-248") == (cut if name == "town.zip" else None)
