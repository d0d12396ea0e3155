"""What a scenario says, a file can say: reading the text of a scenario gives the scenario."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batu_geo.domain.scenario import Scenario
from batu_geo.domain.tables import EVIDENCE, composed
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.scenario_text import scenario_text
from batu_geo.sources.study.scenarios import read_scenario
from tests.how_many import few

SHIPPED = sorted((embedded_study() / "scenarios").glob("*.toml"))
# As a scenario is read: letters and marks put together.
TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=30).map(composed)
WORD = TEXT.filter(bool)
NUMBER = st.floats(0.001, 1e6, allow_nan=False)
LON, LAT = st.floats(95, 141), st.floats(-11, 6)
LINE = st.lists(st.tuples(LON, LAT), min_size=3, max_size=6).map(tuple)
VEHICLE = st.sampled_from(["foot", "motorcycle", "car"])
EVIDENCES = st.sampled_from(EVIDENCE)


def rows(**columns: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(st.fixed_dictionaries(columns), max_size=3)


CLOSURES = rows(
    name=TEXT, season=st.sampled_from(["all", "hujan"]),
    ways=st.lists(st.integers(-9, 2**60), min_size=1, max_size=4), polygon=st.one_of(st.just(()), LINE),
    at=st.one_of(st.none(), st.tuples(LON, LAT)), at_most_m=NUMBER,
    modes=st.lists(st.sampled_from(["foot", "car"]), max_size=2),
    speed_factor=st.floats(0, 3), source=TEXT,
)  # fmt: skip
NEW_ROADS = rows(
    name=TEXT, line=LINE, road_class=st.sampled_from(["residential", "path", "trunk"]),
    open_to=st.lists(VEHICLE, min_size=1, max_size=3), surface=TEXT, join_m=NUMBER,
    cost_rupiah=st.one_of(st.none(), st.integers(0, 10**13)), source=TEXT,
)  # fmt: skip
MOVES = rows(
    facility_id=TEXT, status=st.sampled_from(["active", "closed"]), lon=LON, lat=LAT, source=TEXT,
    kind=st.sampled_from(["UPKDK", "POLINDES", None]),
)  # fmt: skip
NEW_UNITS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"unit_id": WORD, "source": TEXT, "village_id": TEXT}),
        st.fixed_dictionaries({"unit_id": WORD, "name": TEXT, "lon": LON, "lat": LAT, "evidence": EVIDENCES,
                               "cost_rupiah": st.one_of(st.none(), st.integers(0, 10**13)), "source": TEXT})),
    max_size=3,
)  # fmt: skip
NEED = st.lists(
    st.fixed_dictionaries({
        "name": st.sampled_from(["mean_minutes", "people_beyond"]), "weight": st.floats(0, 9),
        "none_at": st.floats(-9, 0), "worst_at": st.floats(1, 99), "reason": TEXT}),
    min_size=1, max_size=3,
).filter(lambda criteria: any(c["weight"] for c in criteria))  # fmt: skip
SITING = st.one_of(
    st.none(),
    st.fixed_dictionaries({
        "model": st.sampled_from(["mclp", "p_median"]), "site_count": st.integers(0, 9),
        "staff_caps": st.dictionaries(st.sampled_from(["nurse", "midwife"]), st.integers(0, 9)),
        "must_open": st.lists(TEXT, max_size=2, unique=True), "source": TEXT}),
)  # fmt: skip
CHANGES = st.fixed_dictionaries({
    "title": TEXT, "closures": CLOSURES, "new_roads": NEW_ROADS, "facility_changes": MOVES,
    "new_units": NEW_UNITS,
    "need": NEED, "siting": SITING,
    "headline": st.fixed_dictionaries({"mode": st.sampled_from(["foot", "car"]),
                                       "threshold_minutes": NUMBER}),
    "demand": st.fixed_dictionaries({"spacing_m": NUMBER, "inhabited_classes": st.lists(TEXT, min_size=1),
                                     "evidence": EVIDENCES, "source": TEXT}),
})  # fmt: skip


def read(text: str, folder: Path) -> Scenario:
    path = folder / "skenario.toml"
    path.write_bytes(text.encode())
    return read_scenario(path)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_scenarios_of_the_study_survive_being_written(path: Path, tmp_path: Path) -> None:
    scenario = read_scenario(path)
    text = scenario_text(scenario)
    assert "extends" not in tomllib.loads(text)
    assert read(text, tmp_path) == scenario
    assert scenario_text(read(text, tmp_path)) == text


@pytest.mark.slow
@settings(max_examples=few(150), deadline=None)
@given(changes=CHANGES)
def test_any_scenario_survives_being_written(
    tmp_path_factory: pytest.TempPathFactory, changes
) -> None:
    plain = BASELINE.model_dump(exclude={"overrides"})
    scenario = Scenario.model_validate({**plain, **changes})
    assert read(scenario_text(scenario), tmp_path_factory.mktemp("s")) == scenario


def test_what_the_command_line_laid_over_is_in_the_text(tmp_path: Path) -> None:
    scenario = read_scenario(SHIPPED[0], overrides=["snapping.warn_m=77"])
    found = read(scenario_text(scenario), tmp_path)
    assert found.snapping.warn_m == 77
    assert found == scenario.model_copy(update={"overrides": ()})


BASELINE = read_scenario(embedded_study() / "scenarios" / "baseline.toml")
