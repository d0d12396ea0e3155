"""`batu-geo import --as roads`: make a road file the roads of a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from batu_geo.checking.road_file_notices import road_file_notices
from batu_geo.domain.errors import EnvironmentFault, Problem, ScenarioError
from batu_geo.importing.request import Imported
from batu_geo.importing.scoping.road_reach import box_around, road_reach_km
from batu_geo.importing.study_folder import StudyFolder
from batu_geo.importing.write_table import input_entry
from batu_geo.render.terminal.import_report import RoadSummary
from batu_geo.sources.files.opening import FORMATS, open_input
from batu_geo.sources.files.streaming import is_streamed, streamed_input
from batu_geo.sources.osm.osm_origin import origin_of
from batu_geo.sources.osm.overpass import BUFFER_KM, FILES
from batu_geo.sources.roads.cutting import cut_roads
from batu_geo.sources.roads.read_roads import READERS, read_roads
from batu_geo.sources.study.study_roads import roads_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from batu_geo.domain.tables import Villages
    from batu_geo.importing.request import Request
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.sources.files.opening import Opened
    from batu_geo.sources.roads.cutting import Cut


@dataclass(frozen=True, slots=True, eq=False)
class RoadFile:
    """A road file as it would be the roads of a study, before anybody has agreed.

    Attributes
    ----------
    name
        Of the file in the study.
    content
        Its bytes; None where it stands in the study already.
    summary
        What it holds, and the new entry of the card of the study.
    notices
        What the checks found worth saying.
    """

    name: str
    content: bytes | None
    summary: RoadSummary
    notices: tuple[Problem, ...]


def recognise_roads(request: Request) -> RoadFile:
    """Return what a road file holds and where its roads lie; nothing is asked or written.

    Raises
    ------
    SourceError, DataError, ScenarioError, EnvironmentFault
        As `import_roads`.
    """
    folder = StudyFolder.at(request.into)
    own = _path_inside(folder, request.file)
    name = own or _target_name(request.file)
    _refuse_existing(folder, name, request)
    source = opened_roads(folder, request.file)
    cut, km, notices = cut_to_study(folder, source)
    if cut:
        own, name = "", cut.opened.name
        _refuse_existing(folder, name, request)
    opened = cut.opened if cut else source
    roads, villages, more = _read(folder, opened, str(request.file))
    entry = input_entry(request, name, origin_of(source))
    if cut:
        entry["reach_km"] = f"{km:g}"
    inside, near = (None, None) if villages is None else _length_shares(roads, villages)
    ways, km = len(set(roads.way_id.tolist())), float(roads.length_m.sum()) / 1000
    summary = RoadSummary(FORMATS[source.suffix], ways, km, inside, near, BUFFER_KM, entry)
    return RoadFile(name, None if own else opened.content, summary, (*notices, *more))


def import_roads(request: Request, confirm: Callable[..., bool]) -> Imported:
    """Read a road file, show its contents, and make it the roads of the study.

    Parameters
    ----------
    request
        What to import.
    confirm
        Called with a `RoadSummary` and the notices; on False nothing is written.

    Raises
    ------
    SourceError, DataError
        When the file cannot be read, holds no road or none that touches the study.
    ScenarioError
        When the study has roads already, or the user declined.
    EnvironmentFault
        When nothing can be written.
    """
    found = recognise_roads(request)
    if not confirm(found.summary, [*found.notices]):
        raise ScenarioError(Problem("BG-422", request.file.name))
    folder = StudyFolder.at(request.into)
    with folder.edit() as edit:
        _refuse_existing(edit.study, found.name, request)
        if found.content is not None:
            edit.files[found.name] = found.content
        edit.entries["roads"] = dict(found.summary.entry)
    return Imported("roads", folder.root / found.name, found.summary.ways, ())


def _path_inside(folder: StudyFolder, file: Path) -> str:
    """Return the path of a file relative to the study, empty where it is outside."""
    path, root = file.resolve(), folder.root.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else ""


def _target_name(file: Path) -> str:
    """Return the name of a copy of a road file in the study.

    >>> from pathlib import Path
    >>> _target_name(Path("Jawa.osm.pbf")), _target_name(Path("jalan.GPKG"))
    ('roads.osm.pbf', 'roads.gpkg')
    """
    suffix = file.suffix.lower()
    # A geodatabase is a folder, of which there is a ZIP file.
    packed = {".pbf": FILES["roads"], ".gdb": "roads.zip"}
    return packed.get(suffix, f"roads{suffix}")


def _refuse_existing(folder: StudyFolder, name: str, request: Request) -> None:
    """Refuse to replace the roads of the study unless the user asks for it."""
    for path in (folder.root / folder.study_files.card.roads.path, folder.root / name):
        if path.is_file() and not request.again and path.resolve() != request.file.resolve():
            raise ScenarioError(Problem("BG-421", path.name, values={"table": "roads"}))


def opened_roads(folder: StudyFolder, file: Path) -> Opened:
    """Open a road file; of one above the limit of size only the part in the study will be read.

    Raises
    ------
    EnvironmentFault
        When there are no outlines by which such a file could be cut.
    """
    if not is_streamed(file):
        return open_input(file, name=str(file), table="roads", suffixes=(*READERS,))
    if folder.villages() is None:
        raise EnvironmentFault(Problem("BG-621", str(file)))
    return streamed_input(file, name=str(file))


def cut_to_study(folder: StudyFolder, opened: Opened) -> tuple[Cut | None, float, list[Problem]]:
    """Return the roads in reach of the study, the reach, and a notice of what is left out."""
    villages = folder.villages()
    if villages is None:
        return None, 0.0, []
    km = road_reach_km(folder)
    outlines = villages.geometry.to_crs("EPSG:4326").tolist()
    cut = cut_roads(opened, box_around(outlines, km))
    if cut is None:
        return None, km, []
    values = {"count": cut.kept, "outside": cut.outside, "km": km}
    return cut, km, [Problem("BG-622", opened.name, values=values)]


def _read(
    folder: StudyFolder, opened: Opened, name: str
) -> tuple[RoadNetwork, Villages | None, list[Problem]]:
    """Read the roads as `check` does, with the villages where these can be read."""
    files, villages = folder.study_files, folder.villages()
    if villages is None:
        roads = read_roads(opened, crs=files.card.crs)
        notices = [*roads.doubts, Problem("BG-234", name, values={"table": "villages"})]
    else:
        roads, notices = roads_in(opened, files, villages, None)
    return roads, villages, [*notices, *road_file_notices(roads, name)]


def _length_shares(
    roads: RoadNetwork, villages: Villages
) -> tuple[float, float] | tuple[None, None]:
    """Return the shares of the length inside and near the villages, by middle vertices.

    None where all roads together have no length.
    """
    total = float(roads.length_m.sum())
    if not total:
        return None, None
    middle = roads.line_xy[(roads.line_start[:-1] + roads.line_start[1:]) // 2]
    city = shapely.union_all(villages.geometry.to_numpy())
    areas = (city, shapely.buffer(city, 1000 * BUFFER_KM))
    shapely.prepare(areas)
    inside, near = (
        float(roads.length_m[shapely.contains_xy(area, middle)].sum()) / total for area in areas
    )
    return inside, near
