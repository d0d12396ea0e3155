"""Map tags of OpenStreetMap to kinds of facilities by a table that a study can extend."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pydantic import Field

from batu_geo.domain.frozen import Frozen, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batu_geo.sources.geometry.features import Feature

OSM_KINDS = "osm_kinds.toml"
HEALTH_TAGS = ("amenity", "healthcare")
HEALTH_AMENITIES = ("clinic", "hospital", "doctors", "pharmacy", "social_facility")
WORD = re.compile(r"[a-z0-9]+")
IDS = ("osm_id", "@id", "id", "full_id")
CLOSED_PREFIXES = ("disused:", "abandoned:", "was:")


class Rule(Frozen):
    """A kind of facility, the words of which the name must have one, and the values of each tag."""

    kind: Kind
    name: tuple[str, ...] = ()
    tags: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class OsmKinds(Frozen):
    """The contents of `osm_kinds.toml`."""

    rule: tuple[Rule, ...] = ()


def osm_rules(own: OsmKinds | None = None) -> tuple[Rule, ...]:
    """Return the rules in order of precedence, those of the study first."""
    text = files("batu_geo.sources.osm").joinpath(OSM_KINDS).read_text(encoding="utf-8")
    return (own or OsmKinds()).rule + OsmKinds.model_validate(tomllib.loads(text)).rule


def facility_kind(tags: Mapping[str, Any], rules: Sequence[Rule]) -> str:
    """Return the kind of facility of some tags, or an empty text.

    >>> facility_kind({"amenity": "clinic", "name": "Pustu Beji"}, osm_rules())
    'PUSTU'
    >>> facility_kind({"healthcare": "midwife"}, osm_rules())
    'PRAKTIK_MANDIRI'
    >>> facility_kind({"amenity": "cafe"}, osm_rules())
    ''
    """
    text = f" {' '.join(WORD.findall(str(tags.get('name') or '').casefold()))} "
    # A street or a shop may be named after a puskesmas: words count on health tags alone.
    is_health = bool(tags.get("healthcare")) or tags.get("amenity") in HEALTH_AMENITIES
    for rule in rules:
        words = any(f" {name} " in text for name in rule.name)
        by_name = not rule.name or (is_health and words)
        by_tag = all(tags.get(key) in values for key, values in rule.tags.items())
        if by_name and by_tag:
            return rule.kind
    return ""


def is_osm(features: Sequence[Feature]) -> bool:
    """Return whether features have health tags of OpenStreetMap and no column `kind`."""
    names = {name for feature in features for name in feature.get("properties") or {}}
    return "kind" not in names and any(tag in names for tag in HEALTH_TAGS)


def as_facilities(features: Sequence[Feature], rules: Sequence[Rule]) -> list[Feature]:
    """Return the features that are facilities, in the columns of the contract.

    Their evidence is ``inferred``: the map shows that a place exists, not that it is open.
    """
    facilities = []
    for feature in features:
        tags = feature.get("properties") or {}
        kind = facility_kind(tags, rules)
        if not kind:
            continue
        osm_id = str(next((tags[name] for name in IDS if tags.get(name)), ""))
        is_gone = any(str(name).startswith(CLOSED_PREFIXES) for name in tags)
        record = {
            "facility_id": f"OSM-{osm_id.replace('/', '-')}" if osm_id else None,
            "facility_name": tags.get("name") or f"{kind} tanpa nama (OSM {osm_id})",
            "kind": kind,
            "status": "closed" if is_gone else "active",
            "evidence": "inferred",
            "evidence_note": "OpenStreetMap; keadaan pelayanannya belum diperiksa",
            "evidence_note_en": "OpenStreetMap; whether it is in service has not been checked",
        }
        facilities.append({**feature, "properties": record})
    return facilities


def unmatched_tags(features: Sequence[Feature], rules: Sequence[Rule]) -> list[tuple[str, int]]:
    """Return the health tags of features that match no rule, most common first.

    >>> unmatched_tags([{"properties": {"healthcare": "laboratory"}}], osm_rules())
    [('healthcare=laboratory', 1)]
    """
    every = [feature.get("properties") or {} for feature in features]
    unmatched = Counter(
        " ".join(f"{tag}={tags[tag]}" for tag in HEALTH_TAGS if tags.get(tag)) or "-"
        for tags in every if not facility_kind(tags, rules)
    )  # fmt: skip
    return unmatched.most_common()
