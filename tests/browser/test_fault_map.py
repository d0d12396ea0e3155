"""The map of faulty places, opened in a real browser without a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from batu_geo.checking.check_study import check_study
from batu_geo.checking.fault_map_data import check_map
from tests.hostile import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MARKS = "document.querySelectorAll('path.leaflet-interactive[fill=\"#b3261e\"]').length"


def test_hostile_names_are_shown_and_nothing_runs(
    study_copy: Path, tmp_path: Path, open_page: Callable[..., Any]
) -> None:
    path = study_copy / "facilities.geojson"
    document = json.loads(path.read_text(encoding="utf-8"))
    for feature, name in zip(document["features"], NAMES, strict=False):
        feature["properties"] |= {"facility_id": name, "kind": name, "village_id": name}
    path.write_text(json.dumps(document), encoding="utf-8")
    target = tmp_path / "temuan.html"
    check_map(check_study(study_copy), "id").save(target)
    opened = open_page(target)
    assert opened.requests == [target.as_uri()]
    assert opened.complaints == []
    assert opened.page.evaluate("window.pwned") is None
    assert opened.page.title() == "Pemeriksaan Kota Batu"
    assert opened.page.evaluate(MARKS) >= len(NAMES)
    listed = opened.page.locator(".legend li").all_inner_texts()
    assert sum("BG-205" in line for line in listed) == len(NAMES)
    assert any("<svg onload=window.pwned=1>" in line for line in listed)
