"""Every tag of a road file is counted once: used, not understood, not used, or about else."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from batu_geo.checking.road_file_notices import road_file_notices
from batu_geo.network.law.access_law import access_of, law
from batu_geo.network.law.turn_law import turn_tags
from batu_geo.render.terminal.tag_table import rows_of
from batu_geo.sources.files.opening import open_input
from batu_geo.sources.osm.osm_tags import ROAD_CLASSES
from batu_geo.sources.osm.ways import NODE_KEYS
from batu_geo.sources.roads.read_roads import READERS, read_roads
from batu_geo.sources.roads.tag_keys import known_keys
from batu_geo.sources.roads.tag_use import counts_by_tag, tag_uses, use_of
from tests.how_many import is_all
from tests.road_files import RUNGS, SPINE, WRITERS, Drawn, town, write_pbf
from tests.toy import CRS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from batu_geo.network.roads import RoadNetwork

ANY_VALUE = {"text": "sesuatu", "number": "2.5", "speed": "40"}
MADE_UP = ("mungkin", "ya", "3;x", "@ (Mo-Fr)")


def network(path: Path) -> RoadNetwork:
    opened = open_input(path, name=path.name, table="roads", suffixes=tuple(READERS))
    return read_roads(opened, crs=CRS)


def counted(path: Path) -> dict[str, dict[str, int]]:
    return counts_by_tag(network(path).tag_counts)


def random_tags(dice: random.Random) -> dict[str, str]:
    """Return a road with keys about traffic and values that exist, or are made up."""
    values = {
        name: use.values or (ANY_VALUE[use.kind],) for use in tag_uses() for name in use.names
    }
    tags = {"highway": dice.choice(values["highway"])}
    keys = sorted(known_keys() - {"highway", "area", "route", "waterway", "natural", "name"})
    for key in dice.sample(keys, 12):
        tags[key] = dice.choice((*values.get(key, ("yes",)), *MADE_UP))
    return {**tags, "building:levels": "2"}


@pytest.mark.parametrize("seed", range(30))
def test_every_tag_of_a_random_town_is_counted_once(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    drawn = town(bollard=True, turn=True)
    ways = {n: (nodes, random_tags(dice)) for n, (nodes, _) in drawn.ways.items()}
    counts = counted(write_pbf(tmp_path, Drawn(drawn.nodes, ways, drawn.turns)))
    total = sum(len(tags) for _, tags in ways.values())
    total += 1 + 2  # the bollard, and type and kind of the turn restriction
    assert sum(sum(rows.values()) for rows in counts.values()) == total
    assert counts["other"] == {"*": len(ways)}
    for _, tags in ways.values():
        for key, value in tags.items():
            group = use_of(key, value)
            if group == "unknown":
                assert f"{key}={value}" in counts["unknown"]
            elif group == "used":
                assert {f"{key}={value}", f"{key}=*"} & set(counts["used"])
            elif group == "unused":
                assert f"{key}=*" in counts["unused"]


def test_the_values_of_a_drawn_town_are_all_understood(tmp_path: Path) -> None:
    path = write_pbf(tmp_path, town(bollard=True, turn=True))
    counts = counted(path)
    assert set(counts) == {"used", "unused"}
    assert counts["unused"] == {"layer=*": 1}
    assert counts["used"]["oneway=yes"] == 2
    assert counts["used"]["barrier=bollard"] == 1
    assert counts["used"]["restriction=no_straight_on"] == 1
    used = [key for group, key, _ in rows_of(network(path).tag_counts) if group == "used"]
    assert len(used) == len(set(used))
    assert {key for tags in (*SPINE, *RUNGS) for key in tags} - {"layer"} <= set(used)


def test_the_table_knows_what_the_law_of_access_knows() -> None:
    """No value that decides is counted as unknown, and none that decides nothing as used."""
    uses = {name: use for use in tag_uses() for name in use.names}
    meanings = law()["values"]
    truths = {"true", "false", "1", "0"}
    decide = {value for values in meanings.values() for value in values} - truths
    for keys in law()["keys"].values():
        for key in set(keys) - {"emergency"}:
            assert set(uses[key].values) == decide
    assert {key for keys in law()["oneway_keys"].values() for key in keys} <= set(uses)
    assert set(uses["barrier"].values) == set(law()["barriers"])
    assert set(law()["closed_ways"]) <= set(uses)
    assert set(law()["sac_scale"]["vehicles"]) < set(uses["sac_scale"].values)
    assert set(uses["highway"].values) | {"ferry"} == set(ROAD_CLASSES)
    for value in uses["restriction"].values:
        assert turn_tags({"restriction": value}) != ([], ["odd turn rules"])


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.slow
def test_a_tag_that_changes_who_may_go_is_counted_as_used(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(200):
        tags = random_tags(dice)
        for key, value in tags.items():
            rest = {name: text for name, text in tags.items() if name != key}
            if key != "highway" and access_of(tags) != access_of(rest):
                assert use_of(key, value) == "used", (key, value)


def said(roads: RoadNetwork, code: str) -> list[str]:
    found = [n.line("en") for n in road_file_notices(roads, "x") if n.code == code]
    assert len(found) <= 1
    return found


@pytest.mark.parametrize("name", ["OSM XML", "OSM PBF", "Overpass JSON"])
def test_a_whole_extract_has_a_place_for_everything(name: str, tmp_path: Path) -> None:
    assert said(network(WRITERS[name](tmp_path, town(bollard=True))), "BG-247") == []


MISSING = {
    "GraphML of osmnx": "barriers on nodes, turn restrictions, ",
    "GeoPackage of GDAL": "turn restrictions: such rules",
    "Shapefile": "barriers on nodes, turn restrictions, junction: such rules",
    "GeoJSON": "barriers on nodes, turn restrictions, junction: such rules",
}


@pytest.mark.parametrize("name", MISSING)
@pytest.mark.slow
def test_check_says_in_one_sentence_what_a_format_drops(name: str, tmp_path: Path) -> None:
    [sentence] = said(network(WRITERS[name](tmp_path, town(bollard=True, turn=True))), "BG-247")
    assert f"no place for {MISSING[name]}" in sentence


def test_a_column_whose_name_was_cut_is_named(tmp_path: Path) -> None:
    [sentence] = said(network(WRITERS["Shapefile"](tmp_path, town())), "BG-248")
    assert "oneway_mot (oneway:motor_vehicle, oneway:motorcar, oneway:motorcycle)" in sentence


def test_values_that_are_not_understood_are_named_with_their_number(tmp_path: Path) -> None:
    drawn = town()
    for way in (1000, 1001):
        drawn.ways[way] = (drawn.ways[way][0], {"highway": "residential", "access": "mungkin"})
    [sentence] = said(network(write_pbf(tmp_path, drawn)), "BG-246")
    assert "access=mungkin (2)" in sentence


def test_nodes_that_only_carry_a_crossing_are_not_unknown(tmp_path: Path) -> None:
    drawn = town()
    lon, lat, _ = drawn.nodes[101]
    drawn.nodes[101] = (lon, lat, {"highway": "crossing", "access": "yes"})
    counts = counted(write_pbf(tmp_path, drawn))
    assert "unknown" not in counts
    assert set(NODE_KEYS) & {"access"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "merapi_sleman.osm.pbf", "dieng_banjarnegara.osm.pbf", "jember_lumajang.osm.pbf",
        "simpl_balikpapan_kota_drive.graphml", "merapi_sleman_overpass.json",
        *(("porto_portugal.osm.pbf", "large_union_highways.osm.pbf") if is_all() else ()),
    ],
)  # fmt: skip
def test_real_extracts_are_mostly_understood(shared_data: Callable[[str], Path], name: str) -> None:
    """Of the tags of rules, not more than one in a hundred has a value that is not understood."""
    counts = counted(shared_data(f"roads/{name}"))
    used = sum(counts["used"].values())
    assert sum(counts.get("unknown", {}).values()) <= used / 100
    assert any(tag.startswith("highway=") for tag in counts["used"])
