"""What a worker does for a fleet: each function reads files, computes, and puts one result.

What it computes by is imported when it does: a run that finds every result there needs nothing.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

    from numpy.typing import NDArray

    Arrays = dict[str, NDArray[Any]]

OUTLINES = ("village_id", "village_name", "district_name", "population", "has_unit",
            "has_roster", "outline", "outline_size")  # fmt: skip
BOX, DIGEST, PART, BEFORE = "box", "digest", "part/", "before/"


def make_roads(key: str, parts: str, roads: str, crs: str) -> None:
    """Read the road file of all regions, once, into arrays on disk."""
    from batu_geo.fleet.region_inputs import roads_of_file  # noqa: PLC0415 - heavy

    _put_roads(Ledger(Path(parts)), key, roads_of_file(Path(roads), crs))


def make_new_roads(key: str, parts: str, roads: str, settings: str) -> None:
    """Add the new roads of the scenario to those of the road file, by the name of that result."""
    from batu_geo.fleet.region_inputs import kept_roads  # noqa: PLC0415 - heavy
    from batu_geo.network.new_roads import with_new_roads  # noqa: PLC0415

    ledger, scenario = Ledger(Path(parts)), Scenario.model_validate_json(settings)
    known = kept_roads(ledger.arrays(roads))[0]
    _put_roads(ledger, key, with_new_roads(known, scenario.new_roads).roads)


def _put_roads(ledger: Ledger, key: str, roads: Any) -> None:
    from batu_geo.fleet.array_folders import put_arrays  # noqa: PLC0415 - heavy
    from batu_geo.fleet.region_inputs import road_arrays  # noqa: PLC0415

    put_arrays(ledger.arrays(key), road_arrays(roads))
    ledger.put(key, packed({}))


def make_outlines(key: str, parts: str, folder: str, crs: str) -> None:
    """Read the outlines of the villages of a region."""
    import numpy as np  # noqa: PLC0415 - heavy

    from batu_geo.fleet.region_homes import outline_arrays  # noqa: PLC0415
    from batu_geo.fleet.region_inputs import outlines_in  # noqa: PLC0415

    villages = outlines_in(Path(folder), crs)
    arrays = outline_arrays(villages.geometry.to_numpy())
    digest = hashlib.sha256(arrays["outline"].tobytes()).hexdigest()
    arrays |= {BOX: np.asarray(villages.total_bounds), DIGEST: np.array(digest)}
    Ledger(Path(parts)).put(key, packed(arrays))


def make_neighbours(key: str, parts: str, regions: Mapping[str, str]) -> None:
    """Keep which regions each region touches of those before it, and the outlines of all."""
    import numpy as np  # noqa: PLC0415 - heavy

    ledger = Ledger(Path(parts))
    known = {code: unpacked(opened_part(ledger.path(name)), (BOX, DIGEST))
             for code, name in sorted(regions.items())}  # fmt: skip
    codes = list(known)
    boxes = np.array([known[code][BOX] for code in codes])
    said: Arrays = {f"{DIGEST}/{code}": found[DIGEST] for code, found in known.items()}
    for n, code in enumerate(codes):
        apart = (boxes[:n, :2] > boxes[n, 2:]) | (boxes[:n, 2:] < boxes[n, :2])
        said[f"{BEFORE}{code}"] = np.array(codes[:n], dtype=str)[~apart.any(axis=1)]
    ledger.put(key, packed(said))


def make_homes(
    key: str, parts: str, folder: str, roads: str, before: Sequence[str], settings: str
) -> None:
    """Read a region, and place its people on the streets, by the outlines of those before it."""
    import numpy as np  # noqa: PLC0415 - heavy

    from batu_geo.fleet.region_homes import (  # noqa: PLC0415
        offices_of,
        outlines_of_arrays,
        region_homes,
    )
    from batu_geo.fleet.region_inputs import kept_roads  # noqa: PLC0415
    from batu_geo.sources.study.load_study import load_study  # noqa: PLC0415

    ledger, scenario = Ledger(Path(parts)), Scenario.model_validate_json(settings)
    known, boxes = kept_roads(ledger.arrays(roads))
    study = load_study(Path(folder), roads=known)
    shapes = [outlines_of_arrays(unpacked(opened_part(ledger.path(name)))) for name in before]
    arrays = region_homes(
        study, known, scenario, edge_boxes=boxes, before=np.concatenate(shapes) if shapes else None
    )
    ledger.put(key, packed(arrays | {"office": offices_of(study.villages)}))


def make_joint(
    key: str, parts: str, mode: str, roads: str, homes: Mapping[str, Sequence[str]], settings: str
) -> None:
    """Make what is made once for a mode of travel, of the folder and the homes of each region."""
    from batu_geo.fleet.array_folders import put_arrays  # noqa: PLC0415 - heavy
    from batu_geo.fleet.joint_mode import (  # noqa: PLC0415
        joint_mode,
        needs_heights,
        refuse_unknown,
    )
    from batu_geo.fleet.region_inputs import kept_roads, with_heights  # noqa: PLC0415

    ledger, scenario = Ledger(Path(parts)), Scenario.model_validate_json(settings)
    brought = {
        c: unpacked(opened_part(ledger.path(name))) for c, (_, name) in sorted(homes.items())
    }
    refuse_unknown(scenario, list(brought.values()))
    known = kept_roads(ledger.arrays(roads))[0]
    if needs_heights(scenario, mode):
        places = [Path(folder) for folder, _ in homes.values()]
        known = with_heights(known, places, [part["office"] for part in brought.values()])
    put_arrays(ledger.arrays(key), joint_mode(known, scenario, mode, brought))
    ledger.put(key, packed({}))


def make_places(
    key: str, parts: str, region: str, homes: Mapping[str, str], joint: Mapping[str, str],
    settings: str,
) -> None:  # fmt: skip
    """Cut the part of a region out of what is made once, and put it under its content."""
    import numpy as np  # noqa: PLC0415 - heavy

    from batu_geo.fleet.array_folders import arrays_in  # noqa: PLC0415
    from batu_geo.fleet.stages import Nation, places  # noqa: PLC0415

    ledger, scenario = Ledger(Path(parts)), Scenario.model_validate_json(settings)
    made = {mode: arrays_in(ledger.arrays(name)) for mode, name in joint.items()}
    own = {region: unpacked(opened_part(ledger.path(homes[region])))}
    whole = Nation(tuple(sorted(homes)), scenario, made, own)
    content = packed(places(whole, region))
    name = f"places-{region}-{hashlib.sha256(content).hexdigest()[:DIGITS]}"
    if not ledger.path(name).is_file():
        ledger.put(name, content)
    ledger.put(key, packed({PART: np.array(name)}))


def make_parts(key: str, parts: str, cuts: Mapping[str, str]) -> None:
    """Say the name of the part of each region."""
    ledger = Ledger(Path(parts))
    found = {c: unpacked(opened_part(ledger.path(name)))[PART] for c, name in cuts.items()}
    ledger.put(key, packed({f"{PART}{code}": name for code, name in found.items()}))


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
    import numpy as np  # noqa: PLC0415 - heavy

    from batu_geo.fleet.merging import merge  # noqa: PLC0415

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
