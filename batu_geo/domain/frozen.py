"""What the parts of a scenario are made of: frozen models that refuse unknown keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError, PydanticKnownError

from batu_geo.domain import contracts, tables
from batu_geo.domain.reasons import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable


def invalid(code: str, **values: object) -> PydanticCustomError:
    """Return the error a validator raises; its code is a key of `[settings]` in `reasons.toml`.

    >>> str(invalid("does_not_rise", key="thresholds_minutes"))
    'thresholds_minutes must rise'
    """
    template = str(catalogue()["settings"][code]["en"])
    return PydanticCustomError(code, template, {key: str(value) for key, value in values.items()})


def one_of(codes: tuple[str, ...]) -> Callable[[str], str]:
    """Return what lets only these codes pass."""

    def check(value: str) -> str:
        if value not in codes:
            raise invalid("not_one_of", value=repr(value), known=", ".join(codes))
        return value

    return check


def _listed(codes: tuple[str, ...]) -> FieldInfo:
    """Return what names these codes in the schema, so that an editor offers them."""
    return FieldInfo(json_schema_extra={"enum": [*codes]})


def _not_a_truth(value: object) -> object:
    """Refuse true and false, which Python takes for 1 and 0."""
    if isinstance(value, bool):
        raise PydanticKnownError("float_type")
    return value


NoTruth = BeforeValidator(_not_a_truth)
Number = Annotated[float, NoTruth]
Whole = Annotated[int, NoTruth]
Positive = Annotated[float, Field(gt=0), NoTruth]
NotNegative = Annotated[float, Field(ge=0), NoTruth]
Share = Annotated[float, Field(ge=0, le=1), NoTruth]
Weekday = Annotated[int, Field(ge=1, le=7), NoTruth]
Evidence = Annotated[str, AfterValidator(one_of(tables.EVIDENCE)), _listed(tables.EVIDENCE)]
Kind = Annotated[
    str, AfterValidator(one_of(contracts.FACILITY_KINDS)), _listed(contracts.FACILITY_KINDS)
]
Status = Annotated[str, AfterValidator(one_of(contracts.STATUSES)), _listed(contracts.STATUSES)]
Owner = Annotated[str, AfterValidator(one_of(contracts.OWNERS)), _listed(contracts.OWNERS)]
LandStatus = Annotated[
    str, AfterValidator(one_of(contracts.LAND_STATUSES)), _listed(contracts.LAND_STATUSES)
]
Condition = Annotated[
    str, AfterValidator(one_of(contracts.CONDITIONS)), _listed(contracts.CONDITIONS)
]
Hazard = Annotated[str, AfterValidator(one_of(contracts.HAZARDS)), _listed(contracts.HAZARDS)]
Profession = Annotated[
    str, AfterValidator(one_of(contracts.PROFESSIONS)), _listed(contracts.PROFESSIONS)
]


class Frozen(BaseModel):
    """A part of a scenario, or of another table of settings."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )
