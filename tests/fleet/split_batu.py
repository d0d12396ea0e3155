"""Kota Batu as a fleet on disk: each of its three districts is a region, on one road file."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from typing import TYPE_CHECKING

from batu_geo.fleet.input_files import ROADS
from batu_geo.fleet.run_fleet import FleetInputs
from batu_geo.sources.study.embedded import embedded_study

if TYPE_CHECKING:
    from pathlib import Path

DISTRICT = re.compile(r"35\.79\.0\d")
FIRST = "35.79.01"
SPREAD = ("boundaries/desa_kelurahan.geojson", "facilities.geojson", "buildings.geojson")
LISTS = ("population.csv", "indicators.csv", "costs.csv", "staffing.csv", "profiles.csv")


def write_fleet(root: Path) -> FleetInputs:
    """Write the three regions and return them as inputs; what names no district is in the first."""
    whole = embedded_study()
    text = (whole / "study.toml").read_text(encoding="utf-8")
    card = re.sub("villages_expected = .*", "", text)
    regions = {code: root / "regions" / code for code in (FIRST, "35.79.02", "35.79.03")}
    names = json.loads((whole / "facilities.geojson").read_text(encoding="utf-8"))["features"]
    home = {r["properties"]["facility_id"]: district(json.dumps(r["properties"])) for r in names}
    for code, folder in regions.items():
        shutil.copytree(whole / "boundaries", folder / "boundaries")
        shutil.copytree(whole / "facts", folder / "facts")
        (folder / "study.toml").write_text(card, encoding="utf-8")
        for name in SPREAD:
            table = json.loads((whole / name).read_text(encoding="utf-8"))
            rows = table["features"]
            table["features"] = [r for r in rows if code == district(json.dumps(r["properties"]))]
            (folder / name).write_text(json.dumps(table), encoding="utf-8")
        for name in LISTS:
            rows = list(csv.reader(io.StringIO((whole / name).read_text(encoding="utf-8"))))
            kept = [
                rows[0],
                *(row for row in rows[1:] if code == home.get(row[0], district(row[0]))),
            ]
            file = io.StringIO()
            csv.writer(file).writerows(kept)
            (folder / name).write_text(file.getvalue(), encoding="utf-8", newline="")
    shutil.copytree(whole / ROADS, root / ROADS)
    shutil.copytree(whole / "scenarios", root / "scenarios")
    return FleetInputs.at(root, regions, root / "scenarios" / "baseline.toml")


def district(row: str) -> str:
    found = DISTRICT.search(row)
    return found[0] if found else FIRST
