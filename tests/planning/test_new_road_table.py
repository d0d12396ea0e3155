"""The roads that a scenario builds, one row each, with the ends that join a street."""

from __future__ import annotations

from batu_geo.domain.travel import NewRoad
from batu_geo.network.new_roads import Built, LooseEnd
from batu_geo.planning.tables.new_road_table import new_road_table
from tests.toy import scenario, town


def road(name: str, cost_rupiah: int | None = None) -> NewRoad:
    return NewRoad(
        name=name, line=((112.5, -7.8), (112.6, -7.8)), road_class="residential",
        cost_rupiah=cost_rupiah, source="plan of 2025",
    )  # fmt: skip


def test_each_road_has_its_length_its_costs_and_the_ends_that_join_a_street() -> None:
    """Of four roads one ends nowhere at its first corner, one at its last and one at both."""
    names = ("whole", "from nowhere", "to nowhere", "alone")
    planned = tuple(road(name, 10 * n if n else None) for n, name in enumerate(names))
    loose = (
        LooseEnd("from nowhere", "first", 90.0, -2), LooseEnd("to nowhere", "last", 91.0, -3),
        LooseEnd("alone", "first", 92.0, -4), LooseEnd("alone", "last", 93.0, -4),
    )  # fmt: skip
    built = Built(town("A B", {"AB": "residential"}), (1000.04, 200.06, 3.0, 0.96), loose)
    table = new_road_table(scenario().model_copy(update={"new_roads": planned}), built)
    assert table["way_id"].tolist() == [-1, -2, -3, -4]
    assert table["road_name"].tolist() == list(names)
    assert set(table["road_class"]) == {"residential"}
    assert table["length_m"].tolist() == [1000.0, 200.1, 3.0, 1.0]
    assert table["cost_rupiah"].tolist()[1:] == [10, 20, 30]
    assert table["cost_rupiah"].isna().tolist() == [True, False, False, False]
    assert table["joined_ends"].tolist() == ["both", "last", "first", "neither"]
    assert set(table["source"]) == {"plan of 2025"}
