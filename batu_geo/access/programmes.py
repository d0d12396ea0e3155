"""What the city's programmes report: figures, four kinds of coverage, standards, norms.

Four terms are distinguished everywhere: villages with a unit (*cakupan unit*), people
within reach of an open unit (*cakupan jangkauan*), membership of JKN and how active it
is (*kepesertaan, keaktifan*), and uptake of a service (*cakupan layanan*).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.domain.contracts import SERVICES, STANDARD_ITEMS
from batu_geo.domain.norms import norms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from batu_geo.access.protected import Protected
    from batu_geo.network.travel_times import TravelTimes


def figures_beside(
    figures: pd.DataFrame | None, found: Mapping[str, tuple[float, str]]
) -> pd.DataFrame:
    """Return each reported figure with what was found beside it.

    Columns: those of the figures with the value as ``reported``, ``found`` (missing where
    unknown), ``found_in``, ``difference`` and ``difference_reason``: ``rounded`` or ``cut_off``
    where both are the same but for the decimals reported.

    Parameters
    ----------
    figures
        As reported; None for none.
    found
        By figure: the value and where it comes from.
    """
    kept = ["figure_id", "meaning", "meaning_en", "unit", "date", "source", "evidence"]
    if figures is None:
        names = ("reported", "found", "found_in", "difference", "difference_reason")
        return pd.DataFrame(columns=[*kept, *names])
    table = figures[kept].assign(reported=figures["value"])
    beside = [found.get(figure_id, (np.nan, "")) for figure_id in table["figure_id"]]
    table["found"] = [value for value, _ in beside]
    table["found_in"] = [
        where if not np.isnan(value) or where == "no_village_counts" else ""
        for value, where in beside
    ]
    table["difference"] = table["found"] - table["reported"]
    both = zip(table["reported"], table["found"], strict=True)
    table["difference_reason"] = [_reason(float(r), float(f)) for r, f in both]
    return table


def _reason(reported: float, found: float) -> str:
    """Return whether two values differ by the decimals of the reported one alone, and how.

    ``rounded``, or ``cut_off`` where rounding would have given the next: 76,763 of 225,408 people
    are 34.0551 %, reported as 34.05. Empty where they are equal or differ otherwise.
    """
    if reported == found or not (np.isfinite(reported) and np.isfinite(found)):
        return ""
    unit = 10.0 ** -len(f"{reported:.10g}".partition(".")[2])
    if np.isclose(np.rint(found / unit) * unit, reported, rtol=0, atol=unit / 1e6):
        return "rounded"
    return "cut_off" if 0 <= found - reported < unit else ""


# A unit that no road leads to is open all the same.
OPEN = ("open", "off_road")
FOUR_COLUMNS = ["word", "mode", "threshold_minutes", "value", "of", "villages_known", "source"]


def four_words(
    unit_status: pd.Series[str],
    city: pd.DataFrame,
    programme: Protected,
    figures: pd.DataFrame,
) -> pd.DataFrame:
    """Return the four kinds of coverage, each by its own name, never one word for all.

    Columns: ``word``, ``mode`` and ``threshold_minutes`` (of reach alone), ``value``, ``of``,
    ``percent``, ``villages_known`` and ``source``: ``inputs`` or the source of a reported figure.
    Missing without figures, and where nothing published gives them. A share is over
    the villages that have both its figures.

    Parameters
    ----------
    unit_status
        By village id: ``open``, ``off_road``, ``closed`` or ``none``.
    city
        People served by mode and threshold.
    programme
        From `batu_geo.access.protected.protect`.
    figures
        From `figures_beside`.
    """
    count = len(unit_status)
    rows: list[dict[str, Any]] = [
        {"word": "cakupan_unit", "value": int((unit_status != "none").sum()), "of": count},
        {"word": "cakupan_unit_buka", "value": int(unit_status.isin(OPEN).sum()), "of": count},
    ]
    rows += [
        {
            "word": "cakupan_jangkauan",
            "mode": row["mode"],
            "threshold_minutes": row["threshold_minutes"],
            "value": row["served"],
            "of": row["population"],
        }
        for row in city.to_dict("records")
    ]
    uptake = _share("cakupan_layanan_ckg", programme, "ckg_participants", "population")
    rows += [
        _share("kepesertaan_jkn", programme, "jkn_registered", "population"),
        _share("keaktifan_jkn", programme, "jkn_active", "jkn_registered"),
        uptake if "value" in uptake else _reported_uptake(figures),
    ]
    return _with_source(pd.DataFrame(rows, columns=FOUR_COLUMNS), village_count=count)


def _with_source(table: pd.DataFrame, *, village_count: int) -> pd.DataFrame:
    """Return the rows with their source, how many villages they rest on, and their share."""
    source = table["source"].astype("object").where(table["source"].notna(), "inputs")
    table["source"] = source.where(table["value"].notna(), "")
    from_all = table["value"].notna() & (table["source"] == "inputs")
    table["villages_known"] = table["villages_known"].fillna(village_count).where(from_all)
    table = table.astype({"value": float, "of": float, "villages_known": "Int64"})
    table.insert(5, "percent", 100 * table["value"] / table["of"])
    return table


def _share(word: str, programme: Protected, part: str, whole: str) -> dict[str, Any]:
    value, of, count = programme.shared(part, whole)
    if np.isnan(value) or np.isnan(of):
        return {"word": word}
    return {"word": word, "value": value, "of": of, "villages_known": count}


def _reported_uptake(figures: pd.DataFrame) -> dict[str, Any]:
    known = figures.set_index("figure_id")
    row: dict[str, Any] = {"word": "cakupan_layanan_ckg"}
    if {"F-CKG", "F-POP"} <= set(known.index):
        row["value"], row["of"] = known["reported"]["F-CKG"], known["reported"]["F-POP"]
        row["source"] = f"{known['source']['F-CKG']}, {known['date']['F-CKG']}"
    return row


def standards_met(profiles: pd.DataFrame) -> pd.DataFrame:
    """Return the share of facility standards each unit meets.

    Columns: ``facility_id``, each item (yes, no, unknown), ``met``, ``known`` and
    ``percent_met`` of those known.
    """
    items = [item for item in STANDARD_ITEMS if item in profiles]
    table = profiles[["facility_id", *items, "evidence"]].copy()
    answers = table[items].fillna("unknown")
    table["met"] = (answers == "yes").sum(axis=1)
    table["known"] = (answers != "unknown").sum(axis=1)
    table["percent_met"] = 100 * table["met"] / table["known"].where(table["known"] > 0)
    return table


def services_offered(facilities: pd.DataFrame, profiles: pd.DataFrame | None) -> dict[str, str]:
    """Return by id the services that facilities offer, as text with blanks between.

    Parameters
    ----------
    facilities
        With ``facility_id`` and ``emergency_unit``: who takes emergencies offers them.
    profiles
        With ``facility_id`` and ``services``; None where no facility has listed any.

    Examples
    --------
    >>> hospital = pd.DataFrame({"facility_id": ["rs"], "emergency_unit": ["yes"]})
    >>> listed = pd.DataFrame({"facility_id": ["rs"], "services": ["pharmacy"]})
    >>> services_offered(hospital, listed), services_offered(hospital, None)
    ({'rs': 'pharmacy emergency'}, {'rs': ' emergency'})
    """
    rows = pd.DataFrame(columns=["facility_id", "services"]) if profiles is None else profiles
    offers = dict(zip(rows["facility_id"], rows["services"].fillna(""), strict=True))
    takes = facilities.loc[facilities["emergency_unit"].eq("yes"), "facility_id"]
    return offers | {name: f"{offers.get(name, '')} emergency" for name in takes}


def people_by_service(
    times: TravelTimes,
    population: NDArray[np.int64],
    profiles: pd.DataFrame,
    *,
    threshold_minutes: float,
) -> pd.DataFrame:
    """Return the people within reach of an open unit that offers each service.

    Columns: ``service``, ``units`` that offer it, ``people`` and ``share_percent``.
    """
    offered = {
        row["facility_id"]: set() if pd.isna(row["services"]) else set(str(row["services"]).split())
        for row in profiles.to_dict("records")
    }
    within = times.within(threshold_minutes)
    total = int(population.sum())
    rows = []
    for service in SERVICES:
        has = np.array([service in offered.get(name, ()) for name in times.destination_ids], bool)
        people = int(population[within @ has.astype(float) > 0].sum()) if has.any() else 0
        rows.append((service, int(has.sum()), people, 100 * people / total if total else np.nan))
    return pd.DataFrame(rows, columns=["service", "units", "people", "share_percent"])


def norm_check(what: str, value: float | None, norm_id: str, subject: str = "") -> dict[str, Any]:
    """Return a comparison with a norm, cited by its id; no data is no verdict."""
    norm = norms()[norm_id]
    known = value is not None and not pd.isna(value)
    return {
        "what": what,
        "subject": subject,
        "value": value if known else None,
        "norm_id": norm_id,
        "norm": norm.value,
        "comparison": norm.comparison,
        "is_met": norm.is_met(float(value)) if known and value is not None else None,
        "source": norm.source,
        "article": norm.article,
        "date": norm.date,
        "status": norm.status,
        "norm_evidence": norm.evidence,
        "conflicts_with": norm.conflicts_with,
    }


def norm_table(checks: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return the comparisons as a table."""
    table = pd.DataFrame(list(checks), columns=list(norm_check("", None, "N-BUKA")))
    table["is_met"] = table["is_met"].astype("boolean")
    table["value"] = table["value"].astype(float)
    return table
