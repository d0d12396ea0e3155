"""What a worker does for a fleet: each function reads files, computes, and puts one result.

What it computes by is imported when it does: a run that finds every result there needs nothing.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.domain.errors import BatuGeoError
from batu_geo.domain.scenario import Scenario
from batu_geo.fleet.part_files import (
    opened_part,
    packed,
    packed_tables,
    unpacked,
    unpacked_tables,
    write_tables,
)
from batu_geo.fleet.part_ledger import DIGITS, Ledger
from batu_geo.writing import put_new

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OUTLINES = ("village_id", "village_name", "district_name", "population", "has_unit",
            "has_roster", "outline", "outline_size")  # fmt: skip
FAULT, KEPT = "fault/", ".cache"


def make_joint(key: str, parts: str, regions: Mapping[str, str], roads: str, settings: str) -> None:
    """Make everything that is made once, and put the part of each region under its content.

    Parameters
    ----------
    key, parts
        Name of the result, and the folder of results.
    regions, roads
        Folder of each region by its code, and the road file of all.
    settings
        The scenario as JSON.
    """
    from batu_geo.fleet.region_inputs import read_regions  # noqa: PLC0415 - heavy
    from batu_geo.fleet.stages import nation, places  # noqa: PLC0415

    ledger, scenario = Ledger(Path(parts)), Scenario.model_validate_json(settings)
    folders = {code: Path(folder) for code, folder in regions.items()}
    studies, network, faults = read_regions(folders, Path(roads), cache=ledger.folder / KEPT)
    said = {"crs": np.array(network.crs)}
    for code, problems in faults.items():
        for language in ("id", "en"):
            text = "\n".join(BatuGeoError(problems).lines(language))
            said[f"{FAULT}{language}/{code}"] = np.array(text)
    if studies:
        whole = nation(studies, network, scenario)
        for code in studies:
            content = packed(places(whole, code))
            name = f"places-{code}-{hashlib.sha256(content).hexdigest()[:DIGITS]}"
            if not ledger.path(name).is_file():
                ledger.put(name, content)
            said[f"part/{code}"] = np.array(name)
    ledger.put(key, packed(said))


def make_measures(key: str, parts: str, part: str, settings: str) -> None:
    """Measure a region from its part."""
    from batu_geo.fleet.measures import measures  # noqa: PLC0415 - heavy

    ledger, scenario = Ledger(Path(parts)), Scenario.model_validate_json(settings)
    tables = measures(unpacked(opened_part(ledger.path(part))), scenario)
    ledger.put(key, packed_tables(tables))


def make_merge(
    key: str,
    parts: str,
    regions: Mapping[str, Sequence[str]],
    missing: Sequence[str],
    settings: str,
    crs: str,
) -> None:
    """Merge the regions, each with the names of its part and of its measures.

    The tables are files in a folder beside those of the parts, whole or not at all; which regions
    are not in them is said there.
    """
    from batu_geo.fleet.merging import merge  # noqa: PLC0415 - heavy

    ledger, scenario = Ledger(Path(parts)), Scenario.model_validate_json(settings)
    own = {c: unpacked(opened_part(ledger.path(part)), OUTLINES) for c, (part, _) in
           regions.items()}  # fmt: skip
    measured = {c: unpacked_tables(opened_part(ledger.path(m))) for c, (_, m) in regions.items()}
    tables = merge(own, measured, scenario, crs=crs)
    folder = ledger.folder.parent / key
    if not folder.is_dir():
        about = {"regions": list(regions), "missing": list(missing)}
        put_new(folder, lambda aside: write_tables(tables, about, aside))
    ledger.put(key, packed({name: np.array(len(table)) for name, table in tables.items()}))
