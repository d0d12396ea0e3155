"""Turn restrictions as OpenStreetMap has them: relations with members."""

from __future__ import annotations

from typing import NamedTuple


class Member(NamedTuple):
    """A member of a relation: ``node``, ``way`` or ``relation``, its id and its role."""

    kind: str
    ref: int
    role: str


class Restriction(NamedTuple):
    """A turn restriction as it stands in OpenStreetMap."""

    relation_id: int
    tags: dict[str, str]
    members: tuple[Member, ...]

    def ways(self, role: str) -> list[int]:
        """Return the ways of a role."""
        return [m.ref for m in self.members if m.role == role and m.kind == "way"]

    @property
    def via_node(self) -> int | None:
        """The node over which it runs, None where there is none."""
        return next((m.ref for m in self.members if m.role == "via" and m.kind == "node"), None)

    @property
    def is_whole(self) -> bool:
        """Return whether it has the members of a turn: of one way, over a node or over ways."""
        ways = {role: len(self.ways(role)) for role in ("from", "via", "to")}
        many = max(ways["from"], ways["to"])
        may_be_many = self.tags.get("restriction") in ("no_entry", "no_exit")
        nodes = sum(m.role == "via" and m.kind == "node" for m in self.members)
        is_whole = bool(ways["from"] and ways["to"]) and (nodes == 1) != bool(ways["via"])
        return is_whole and (many == 1 or may_be_many)
