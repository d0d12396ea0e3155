"""What a page may ask, as frozen models with bounds: nothing else reaches the engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import Field, ValidationError
from pydantic_core import PydanticCustomError

from batu_geo.domain.errors import Problem
from batu_geo.domain.frozen import Frozen, NoTruth, invalid
from batu_geo.domain.reasons import settings_reason
from batu_geo.domain.site_choice import Latitude, Longitude, ModelName
from batu_geo.serving.refusals import ILL_FORMED, Refusal, ill_formed
from batu_geo.workbench.edits import Act

if TYPE_CHECKING:
    from collections.abc import Iterator

LETTERS, SOURCE_LETTERS, POINTS, ACTS = 80, 240, 200, 200
LONGEST_MINUTES = 120
LARGEST = 10**13
# A degree is about 111 km: whoever plans at the border of a study may look a little beyond it.
MARGIN_DEGREES = 0.1
# Texts that say where something comes from may be sentences.
SENTENCES = ("source", "reason", "title")
NAME = r"^[a-z0-9][a-z0-9-]{0,59}$"
FREE_NAME = r"^[^\x00-\x1f\x7f]{1,40}$"

Revision = Annotated[int, Field(ge=0, le=2**53), NoTruth]
Body = TypeVar("Body", bound=Frozen)


class Bounds(NamedTuple):
    """Degrees within which a page may name places."""

    west: float
    south: float
    east: float
    north: float

    def contains(self, lon: float, lat: float) -> bool:
        """Return whether a place is within."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


class Preview(Frozen):
    """Acts to be tried, not kept; of a tab those before `since`, else the newest, are past."""

    tab: Annotated[str, Field(pattern=FREE_NAME)]
    seq: Revision
    since: Revision | None = None
    acts: Annotated[tuple[Act, ...], Field(min_length=1, max_length=ACTS)]


class Do(Frozen):
    """One step, on the revision that the page has seen."""

    revision: Revision
    do: Literal["acts", "undo", "redo", "clear", "snapshot"]
    acts: Annotated[tuple[Act, ...], Field(max_length=ACTS)] = ()
    name: Annotated[str, Field(pattern=FREE_NAME)] | None = None


class OnRevision(Frozen):
    """What is asked of the state as the page has seen it."""

    revision: Revision


class Snapshot(Frozen):
    """A name for the list of changes as it is now, or one to be forgotten."""

    name: Annotated[str, Field(pattern=FREE_NAME)]
    remove: bool = False


class Which(Frozen):
    """A state to be compared."""

    is_: Annotated[Literal["start", "now", "snapshot", "scenario"], Field(alias="is")]
    name: Annotated[str, Field(pattern=FREE_NAME)] | None = None


class Compare(Frozen):
    """Two states."""

    a: Which
    b: Which


class Place(Frozen):
    """A place on the map."""

    lon: Longitude
    lat: Latitude


class OfVillage(Frozen):
    """A village by its place in the list of the study."""

    village: Annotated[int, Field(ge=0, le=100_000), NoTruth]


class Open(Frozen):
    """A scenario of the study, or a recent file."""

    revision: Revision
    scenario: Annotated[str, Field(pattern=NAME)] | None = None
    recent: Annotated[str, Field(pattern=r"^[0-9a-f]{1,16}$")] | None = None


class Load(Frozen):
    """The text of a scenario file."""

    revision: Revision
    name: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f/\\]{1,80}$")]
    text: Annotated[str, Field(max_length=1_000_000)]


class Save(Frozen):
    """Save to the file that is open, or under a name."""

    revision: Revision
    name: Annotated[str, Field(pattern=NAME)] | None = None
    title: Annotated[str, Field(max_length=LETTERS)] | None = None
    replace: bool = False


class Plan(Frozen):
    """A model that looks for buildings."""

    revision: Revision
    model: ModelName
    count: Annotated[int, Field(ge=0, le=1000), NoTruth] | None = None


class Accept(Frozen):
    """A dropped file, and the field that each of its columns is meant to be."""

    file: Annotated[str, Field(pattern=r"^f[0-9]{1,9}$")]
    columns: Annotated[dict[str, str], Field(max_length=POINTS)] = Field(default_factory=dict)
    codes: dict[str, dict[str, str]] = Field(default_factory=dict)


class Cancel(Frozen):
    """A job to be ended."""

    job: Annotated[str, Field(pattern=r"^j[0-9]{1,9}$")]


def body_of(kind: type[Body], content: bytes, bounds: Bounds) -> Body:
    """Return the body of a request as a model.

    Raises
    ------
    Refusal
        With status 400 and every fault, when it is no JSON, has another form, names a place
        outside of the bounds, or holds more than a page sends.
    """
    try:
        plain = json.loads(content, parse_constant=_no_number)
        for fault in _beyond(plain, "", bounds):
            raise fault
        return kind.model_validate(plain)
    except ValidationError as wrong:
        raise Refusal(400, tuple(_problem({**error}) for error in wrong.errors()[:5])) from None
    except PydanticCustomError as wrong:
        raise ill_formed(400, wrong) from None
    except (ValueError, RecursionError):
        raise ill_formed(400, invalid("not_json")) from None


def _no_number(text: str) -> float:
    raise ValueError(text)


def _problem(error: dict[str, Any]) -> Problem:
    key = ".".join(str(part) for part in error["loc"] if isinstance(part, int | str))
    return Problem(ILL_FORMED, column=key, values={"reason": settings_reason(error)})


def _beyond(value: Any, key: str, bounds: Bounds) -> Iterator[PydanticCustomError]:
    """Yield what of plain values is more than a page sends."""
    if isinstance(value, dict):
        if not _is_within([value.get("lon"), value.get("lat")], bounds):
            yield invalid("outside_the_study")
        for name, inner in value.items():
            yield from _beyond(inner, str(name), bounds)
    elif isinstance(value, list):
        yield from _beyond_list(value, key, bounds)
        for inner in value:
            yield from _beyond(inner, key, bounds)
    elif isinstance(value, str):
        most = SOURCE_LETTERS if key in SENTENCES else LETTERS
        if key != "text" and len(value) > most:
            yield invalid("more_letters", most=most)
    elif isinstance(value, int | float):
        most = LONGEST_MINUTES if key == "minutes" else LARGEST
        if abs(value) > most:
            yield invalid("too_large", most=most)


def _beyond_list(values: list[Any], key: str, bounds: Bounds) -> Iterator[PydanticCustomError]:
    if len(values) > POINTS:
        yield invalid("more_than", most=POINTS)
    places = [values] if key == "at" else values if key in {"line", "polygon"} else []
    if any(not _is_within(place, bounds) for place in places):
        yield invalid("outside_the_study")


def _is_within(place: Any, bounds: Bounds) -> bool:
    """Return whether a pair is within; what is none is refused by its model."""
    if not isinstance(place, list) or len(place) != 2:
        return True
    if any(isinstance(part, bool) or not isinstance(part, int | float) for part in place):
        return True
    return bounds.contains(place[0], place[1])
