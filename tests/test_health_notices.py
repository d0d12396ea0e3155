"""What a study does not say about staff and puskesmas is said, and tables name places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batu_geo.access.units import units
from batu_geo.domain.tables import Facilities
from batu_geo.planning.notices import health_notices
from batu_geo.planning.tables.staff_and_referral import (
    profile_tables,
    referral_tables,
    staff_tables,
)

if TYPE_CHECKING:
    import pandas as pd

    from batu_geo.planning.assessment import Assessment

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def assessed(baseline: Assessment) -> Assessment:
    return baseline


def notices_of(found: Assessment, areas: pd.Series[str]) -> list[tuple[str, str]]:
    serving = units(found.study.facilities, found.scenario.service, is_open=True)
    first = serving.head(2).assign(facility_id=["X-1", "X-2"])
    return [
        (notice.code, notice.line("en"))
        for notice in health_notices(found.study, Facilities(first), areas)
    ]


def test_units_without_a_roster_and_villages_without_a_puskesmas_are_named(
    assessed: Assessment,
) -> None:
    villages = assessed.study.villages
    areas = villages.set_index("village_id")["district_name"].where(villages.index.to_numpy() > 1)
    (staff, staff_line), (area, area_line) = notices_of(assessed, areas)
    assert (staff, area) == ("BG-812", "BG-813")
    assert "no roster names anybody at UPKDK" in staff_line
    assert f"of 2 villages is not known: {', '.join(villages['village_name'][:2])}." in area_line


def test_the_embedded_study_lacks_neither(assessed: Assessment) -> None:
    assert not {n.code for n in assessed.notices} & {"BG-812", "BG-813"}


def test_tables_name_the_places_their_ids_are_of(assessed: Assessment) -> None:
    names = assessed.study.facilities.set_index("facility_id")["facility_name"]
    tables = referral_tables(assessed) | profile_tables(assessed) | staff_tables(assessed)
    seen = 0
    for table in tables.values():
        for column in table.columns[table.columns.str.endswith("_id")]:
            name = f"{column.removesuffix('_id')}_name"
            if name in table and not column.startswith("village"):
                known = table.dropna(subset=[column])
                assert known[name].tolist() == names[known[column]].tolist()
                seen += 1
    assert seen == 10
