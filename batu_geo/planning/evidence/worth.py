"""What a number rests on: its sources, the weakest class of them, and which source binds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from batu_geo.domain.tables import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Iterable

SURE, CHOSEN = EVIDENCE[0], "assumed"


@dataclass(frozen=True, slots=True)
class Source:
    """One row of a table, or one setting, that a number is computed from.

    Attributes
    ----------
    table
        As `study.toml` names it; ``scenario`` for a setting.
    evidence
        Its class, one of `EVIDENCE`.
    field
        What of it is used: ``position``, ``record``, ``modes.foot``.
    row
        Id of the row; empty for a whole file or a setting.
    date
        Of the file, year-month-day; empty where it has none.
    """

    table: str
    evidence: str
    field: str = ""
    row: str = ""
    date: str = ""

    @property
    def input_id(self) -> str:
        """Id of what the row belongs to.

        >>> Source("facilities", "assumed", "position", "U-1").input_id
        'facilities.position'
        """
        return f"{self.table}.{self.field}" if self.field else self.table

    @property
    def source_id(self) -> str:
        """Id of the row or setting itself.

        >>> Source("facilities", "assumed", "position", "U-1").source_id
        'facilities.position:U-1'
        """
        return f"{self.input_id}:{self.row}" if self.row else self.input_id


Basis: TypeAlias = frozenset[Source]
NOTHING: Basis = frozenset()


@dataclass(frozen=True, slots=True)
class Worth:
    """How sure a number is, and why not surer.

    Attributes
    ----------
    evidence
        The weakest class of its sources.
    bound_by
        Ids of the inputs that have this class: of a row where it is the only one of its input.
        Nothing binds what is `reported`.
    without
        The class if the input that binds it were `reported`; that of `evidence` where several do.
    date
        The oldest date of the sources that bind it; empty where none has a date.
    """

    evidence: str
    bound_by: tuple[str, ...] = ()
    without: str = SURE
    date: str = ""


def weakest(evidence: Iterable[str]) -> str:
    """Return the least certain of several kinds of evidence.

    >>> weakest(["reported", "assumed", "inferred"])
    'assumed'
    """
    return max(evidence, key=EVIDENCE.index)


def worth_of(basis: Basis) -> Worth:
    """Return the class of a number, what binds it, and its class without that; of nothing, chosen.

    >>> roads = Source("roads", "illustrative")
    >>> units = [Source("facilities", "assumed", "position", name) for name in ("U-1", "U-2")]
    >>> worth_of(frozenset([roads, *units]))
    Worth(evidence='illustrative', bound_by=('roads',), without='assumed', date='')
    >>> worth_of(frozenset(units)).bound_by
    ('facilities.position',)
    """
    if not basis:
        return Worth(CHOSEN)
    worst = weakest(source.evidence for source in basis)
    binding = [source for source in basis if source.evidence == worst]
    dates = sorted(source.date for source in binding if source.date)
    date = dates[0] if dates else ""
    if worst == SURE:
        return Worth(SURE, date=date)
    ids: dict[str, list[str]] = {}
    for source in binding:
        ids.setdefault(source.input_id, []).append(source.source_id)
    bound_by = sorted(found[0] if len(found) == 1 else name for name, found in ids.items())
    rest = [source.evidence for source in basis if source.evidence != worst]
    without = weakest([SURE, *rest]) if len(ids) == 1 else worst
    return Worth(worst, tuple(bound_by), without, date)
