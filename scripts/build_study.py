"""Build the embedded study from `data/facts/*.csv`, byte for byte the same each time.

    python scripts/build_study.py            writes into data/
    python scripts/build_study.py --check    builds aside and compares

The facts are public figures with their sources; what is not public (the road
network, most candidate buildings) is grown here and says `illustrative`.
"""

from __future__ import annotations

import argparse
import csv
import filecmp
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import facts
import osmium
import shapely
from illustrative_buildings import illustrative_buildings, kelurahan_offices
from illustrative_costs import costs
from illustrative_roads import grow_streets, noded_ways
from illustrative_staffing import profiles, staffing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from illustrative_roads import Place, Point

    Ways = list[tuple[list[Point], dict[str, str]]]

BUILT = (
    "boundaries/desa_kelurahan.geojson",
    "boundaries/kecamatan.geojson",
    "boundaries/kota.geojson",
    "population.csv",
    "indicators.csv",
    "staffing.csv",
    "profiles.csv",
    "costs.csv",
    "facilities.geojson",
    "buildings.geojson",
    "roads/jalan_ilustratif.osm.pbf",
)


def build(folder: Path) -> None:
    """Write every built file of the study below the folder."""
    for path in ("boundaries", "roads"):
        (folder / path).mkdir(parents=True, exist_ok=True)
    villages = facts.rows("villages.csv")
    places = facts.places()
    write_boundaries(folder / "boundaries", villages)
    write_tables(folder, villages)
    write_facilities(folder / "facilities.geojson")
    facilities = facts.rows("facilities.csv")
    write_csv(folder / "staffing.csv", staffing(facilities))
    write_csv(folder / "profiles.csv", profiles(facilities))
    ways = noded_ways(grow_streets(places, facts.corridors(places)))
    write_buildings(folder / "buildings.geojson", villages, places, ways)
    write_osm(folder / "roads" / "jalan_ilustratif.osm.pbf", ways)


def write_boundaries(folder: Path, villages: list[dict[str, str]]) -> None:
    """Write the villages, and the districts and city dissolved from them."""
    outline = facts.outlines()
    write_geojson(
        folder / "desa_kelurahan.geojson",
        (
            (
                {
                    "village_id": row["village_id"],
                    "village_name": row["village_name"],
                    "kind": row["kind"],
                    "district_name": row["district_name"],
                    "bps_id": row["bps_id"],
                    "office_lon": float(row["office_lon"]),
                    "office_lat": float(row["office_lat"]),
                    "office_elevation_m": int(row["office_elevation_m"]),
                    "puskesmas": row["puskesmas"],
                    "unit_evidence": row["upkdk_evidence"],
                    **facts.notes(row["upkdk_evidence_note"], "unit_"),
                    "evidence": "inferred",
                    **facts.notes("BIG edition of 27 December 2022, generalised to 50 m"),
                },
                outline[row["village_id"]],
            )
            for row in villages
        ),
    )
    note = {"evidence": "inferred", **facts.notes("dissolved from desa_kelurahan.geojson")}
    districts = sorted({(row["village_id"][:8], row["district_name"]) for row in villages})
    write_geojson(
        folder / "kecamatan.geojson",
        (
            (
                {"district_id": code, "district_name": name, **note},
                shapely.union_all([g for v, g in outline.items() if v.startswith(code)]),
            )
            for code, name in districts
        ),
    )
    city = {"city_id": "35.79", "city_name": "Kota Batu", **note}
    write_geojson(folder / "kota.geojson", [(city, shapely.union_all(list(outline.values())))])


def write_tables(folder: Path, villages: list[dict[str, str]]) -> None:
    """Write the people and the programme figures, one row a village."""
    write_csv(
        folder / "population.csv",
        (
            {
                "village_id": row["village_id"],
                "village_name": row["village_name"],
                "district_name": row["district_name"],
                "population": row["population"],
                "evidence": row["population_evidence"],
                **facts.notes(
                    "puskesmas totals of July 2025 shared out by families with mains power, "
                    "scaled to 225,408"
                ),
            }
            for row in villages
        ),
    )
    write_csv(
        folder / "indicators.csv",
        (
            {
                "village_id": row["village_id"],
                "posyandu": row["posyandu_count"],
                "evidence": "reported",
                **facts.notes("a list of 191; the city reports 193"),
            }
            for row in villages
        ),
    )


def write_facilities(path: Path) -> None:
    """Write the 32 facilities; where an office stands in for the door, they say so."""
    write_geojson(
        path,
        (
            (
                {
                    "facility_id": row["facility_id"],
                    "facility_name": row["facility_name"],
                    "kind": row["kind"],
                    "host": row["host"] or None,
                    "village_id": row["village_id"] or None,
                    "status": row["status"],
                    "closed_from": row["closed_from"] or None,
                    "closed_until": row["closed_until"] or None,
                    "operator": row["operator"],
                    "emergency_unit": row["emergency_unit"],
                    "evidence": row["evidence"],
                    **facts.notes(row["position_note"]),
                    "position_evidence": row["position_evidence"],
                },
                shapely.Point(float(row["lon"]), float(row["lat"])),
            )
            for row in facts.rows("facilities.csv")
        ),
    )


def write_buildings(
    path: Path, villages: list[dict[str, str]], places: list[Place], ways: Ways
) -> None:
    """Write the real kelurahan offices, the made-up candidates and what those would cost."""
    records = kelurahan_offices(villages)
    name = {row["village_id"]: row["village_name"] for row in villages}
    roadside = [
        point
        for points, tags in ways
        if tags["highway"] in {"residential", "unclassified", "tertiary"}
        for point in points
    ]
    without = [row["village_id"] for row in villages if row["has_upkdk"] == "no"]
    for number, place in enumerate(p for p in places if p.village_id in without):
        for point, record in illustrative_buildings(
            place, name[place.village_id], roadside, number
        ):
            records.append({**record, "point": facts.degrees(*point)})
    records.sort(key=lambda record: record["building_id"])
    write_csv(path.with_name("costs.csv"), costs(records))
    write_geojson(path, ((r, shapely.Point(r.pop("point"))) for r in records))


def write_osm(path: Path, ways: Ways) -> None:
    """Write the streets as OSM nodes and ways that share their crossings.

    Every way says `source=illustrative`, so that the file cannot be taken for
    an extract of OpenStreetMap.
    """
    points = sorted({point for line, _ in ways for point in line})
    node_id = {point: number for number, point in enumerate(points, start=1)}
    path.unlink(missing_ok=True)
    header = osmium.io.Header()
    header.set("generator", "batu_geo illustrative network")
    with osmium.SimpleWriter(str(path), header=header) as writer:
        for point, number in node_id.items():
            writer.add_node(
                osmium.osm.mutable.Node(id=number, version=1, location=facts.degrees(*point))
            )
        for number, (line, tags) in enumerate(ways, start=1):
            writer.add_way(
                osmium.osm.mutable.Way(
                    id=number,
                    version=1,
                    nodes=[node_id[point] for point in line],
                    tags={**tags, "source": "illustrative"},
                )
            )


def write_geojson(path: Path, features: Iterable[tuple[dict[str, Any], shapely.Geometry]]) -> None:
    """Write features one a line, so that a change reads as a change."""
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": properties,
                "geometry": json.loads(
                    shapely.to_geojson(shapely.orient_polygons(geometry.normalize()))
                ),
            },
            ensure_ascii=False,
        )
        for properties, geometry in features
    ]
    text = '{"type": "FeatureCollection", "features": [\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8")


def write_csv(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows under the header of the first."""
    table = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


def main() -> int:
    """Build in place, or aside and compare."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare with data/, write nothing")
    if not parser.parse_args().check:
        build(facts.DATA)
        return 0
    with tempfile.TemporaryDirectory() as aside:
        build(Path(aside))
        _, differ, missing = filecmp.cmpfiles(aside, facts.DATA, BUILT, shallow=False)
    for name in (*differ, *missing):
        sys.stderr.write(f"data/{name} is not what scripts/build_study.py builds\n")
    return 1 if differ or missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
