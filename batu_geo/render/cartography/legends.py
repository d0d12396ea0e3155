"""The groups of the legends, with their words on a page and in print."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import shapely

from batu_geo.render.cartography.map_spec import Label, LegendEntry, LegendGroup
from batu_geo.render.cartography.palette import (
    DISTRICT_LINE,
    EMPTY_GROUND,
    HILLSHADE,
    MAIN_ROAD,
    MINUTES,
    NOT_CLASSED,
    OTHER_ROAD,
    REFERRAL,
    SHARE,
    STATUS,
    WATER,
    Look,
    reach_look,
)
from batu_geo.render.cartography.symbols import SYMBOL_OF_KIND
from batu_geo.render.text.words import mode_word, number, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from batu_geo.domain.errors import Language
    from batu_geo.domain.tables import Villages
    from batu_geo.domain.travel import Threshold
    from batu_geo.render.cartography.base_map import BaseMap

# States that a legend has only where they occur.
AT_TIMES = ("off_road", "unit_off_road")


def status_group(base: BaseMap, *, is_printed: bool = False) -> LegendGroup:
    """Return the states of a village; print has those that occur, a page one more at times."""
    title = base.word("layer_status")
    entries = tuple(
        LegendEntry(Label(text, text if is_printed and state in base.status else ""), look)
        for state, look in STATUS.looks.items()
        for text in [base.word(f"status_{state}")]
        if state not in AT_TIMES or state in base.status
    )
    return LegendGroup(Label(title, title if is_printed else ""), entries)


def share_group(
    title: str, language: Language, villages: Villages | None = None, *, is_printed: bool = False
) -> LegendGroup:
    """Return the classes of a share of the people, and what a village without people looks like.

    Without villages it has that too, for a script to show where there are any.
    """
    limits = [0.0, *SHARE.breaks, 100.0]
    entries = []
    for look, low, high in zip(SHARE.looks, limits[:-1], limits[1:], strict=True):
        ends = {"low": number(low, language), "high": number(high, language)}
        text = f"{ends['low']}-{ends['high']}%"
        entries.append(LegendEntry(Label(text, word("map_class", language, **ends)), look))
    if villages is None or (villages["population"] == 0).any():
        nobody = word("map_nobody", language)
        label = Label(nobody, nobody if is_printed else "")
        entries.append(LegendEntry(label, SHARE.missing, kind="nobody"))
    printed_title = word("map_share", language) if is_printed else ""
    return LegendGroup(Label(title, printed_title), tuple(entries))


def minutes_group(title: str, base: BaseMap) -> LegendGroup:
    """Return the classes of the minutes of a trip; a page has them."""
    limits, minutes = [0, *MINUTES.breaks], base.word("minutes")
    texts = [
        *(f"{base.number(low)}-{base.number(high)} {minutes}"
          for low, high in itertools.pairwise(limits)),
        f"> {base.number(limits[-1])} {minutes}",
    ]  # fmt: skip
    entries = (LegendEntry(Label(t), look) for t, look in zip(texts, MINUTES.looks, strict=True))
    return LegendGroup(Label(title), tuple(entries))


def kinds_group(title: str, looks: Mapping[str, Look], texts: Mapping[str, str]) -> LegendGroup:
    """Return some named classes; a page has them."""
    entries = (LegendEntry(Label(texts[kind]), look) for kind, look in looks.items())
    return LegendGroup(Label(title), tuple(entries))


def limit_words(base: BaseMap, limit: Threshold) -> str:
    """Return a mode and threshold in words."""
    minutes = base.number(limit.threshold_minutes)
    return f"{minutes} {base.word('minutes')} {mode_word(limit.mode, base.language)}"


def reach_group(base: BaseMap, printed_title: str = "") -> LegendGroup:
    """Return the thresholds of every mode; print has those of the headline mode."""
    head = base.scenario.headline.mode
    entries = []
    order: dict[str, int] = {}
    for limit in base.scenario.thresholds:
        order[limit.mode] = order.get(limit.mode, -1) + 1
        within = base.word("map_within", minutes=base.number(limit.threshold_minutes))
        label = Label(limit_words(base, limit), within if limit.mode == head else "")
        words = base.limit_of(limit.mode, limit.threshold_minutes)
        layer = base.word("layer_catchment", **words)
        entries.append(LegendEntry(label, reach_look(limit.mode, order[limit.mode]), layer=layer))
    layers = tuple(entry.layer for entry in entries)
    return LegendGroup(Label(base.word("catchment"), printed_title), tuple(entries), layers=layers)


def headline_reach_group(base: BaseMap, title: str) -> LegendGroup:
    """Return the headline threshold alone; a page has it."""
    look = reach_look(base.scenario.headline.mode, 0)
    label = Label(base.word("layer_catchment", **base.limit))
    return LegendGroup(Label(title), (LegendEntry(label, look),))


def referral_group(base: BaseMap) -> LegendGroup:
    """Return the lines from units to where they refer."""
    title = base.word("map_referral_title", place="").strip(" ,")
    entries = [
        LegendEntry(
            Label(base.word(f"map_referral_{kind}"), base.word(f"print_map_to_{kind}")),
            look,
            is_line=True,
        )
        for kind, look in REFERRAL.looks.items()
    ]
    straight = LegendEntry(Label(paper=base.word("map_straight")))
    return LegendGroup(Label(title, base.word("map_referral")), (*entries, straight))


def rank_groups(base: BaseMap) -> tuple[LegendGroup, ...]:
    """Return what the number before the name of a village is, for a page with ranks."""
    if not base.ranks:
        return ()
    names = base.word("names")
    entry = LegendEntry(Label(base.word("map_rank_number")), symbol="rank")
    return (LegendGroup(Label(names), (entry,), layers=(names,)),)


def unit_words(base: BaseMap) -> dict[str, str]:
    """Return the words of a page for each symbol of a facility."""
    return {
        "unit_open": f"UPKDK, {base.word('active')}",
        "unit_off_road": f"UPKDK, {base.word('off_road')}",
        "unit_closed": f"UPKDK, {base.word('temporarily_closed')}",
        "puskesmas": base.word("layer_PUSKESMAS"),
        "hospital": base.word("layer_RUMAH_SAKIT"),
    }


def facility_group(base: BaseMap) -> LegendGroup:
    """Return the facilities; print has those that are drawn, the roads and the ranks."""
    drawn = set(base.facility_symbols)
    entries = [
        LegendEntry(Label(text, base.word(f"map_{name}") if name in drawn else ""), symbol=name)
        for name, text in unit_words(base).items()
        if name not in AT_TIMES or name in drawn
    ]
    entries += [
        LegendEntry(Label(paper=base.word(key)), Look(colour), is_line=True)
        for key, (_, colour) in (("map_road_main", MAIN_ROAD), ("map_road_local", OTHER_ROAD))
    ]
    entries += ground_entries(base)
    if base.ranks:
        without = Label(paper=base.word("status_none"))
        entries += [
            LegendEntry(without, NOT_CLASSED, is_thick=True),
            LegendEntry(Label(paper=base.word("map_number")), symbol="number"),
        ]
    title = base.word("facility")
    layers = tuple(base.word(f"layer_{kind}") for kind in ("units", *SYMBOL_OF_KIND, "other"))
    return LegendGroup(Label(title, title), tuple(entries), "facilities", layers)


def ground_entries(base: BaseMap) -> list[LegendEntry]:
    """Return the ground without homes and the lines of districts, where a map draws them."""
    empty, line = base.word("map_empty_ground"), base.word("map_district_line")
    has_empty = not shapely.is_empty(base.empty_ground)
    is_drawn = {EMPTY_GROUND: has_empty, DISTRICT_LINE: len(base.districts) > 0}
    entries = [
        LegendEntry(Label(text, text), look, is_line=look is DISTRICT_LINE)
        for look, text in ((EMPTY_GROUND, empty), (DISTRICT_LINE, line))
        if is_drawn[look]
    ]
    if len(base.water):
        said = base.word("map_water")
        entries.append(LegendEntry(Label(said, said), WATER))
    if base.shade is not None:
        hills = base.word("map_hillshade")
        entries.append(LegendEntry(Label(hills, hills), HILLSHADE, layer=hills))
    return entries


def building_group(
    base: BaseMap, sites: gpd.GeoDataFrame, *, is_printed: bool = True
) -> LegendGroup:
    """Return the kinds of candidate buildings; print has those that are drawn."""
    shown = set(sites["suitability"])

    def kind(name: str, number: int, printed: str) -> LegendEntry:
        label = Label(base.word(name), base.word(printed) if name in shown else "")
        return LegendEntry(label, symbol=name, number=number)

    houses = sites[sites["suitability"] != "refused"]  # what is refused is a cross on paper
    number = base.word("map_house_number") if len(houses) else ""
    made_up = base.word("map_made_up") if (houses["evidence"] == "illustrative").any() else ""
    entries = (
        kind("fit", 1, "fit"),
        kind("to_verify", 2, "map_verify"),
        LegendEntry(Label(base.word("illustrative")), symbol="fit", number=3, is_dashed=True),
        kind("refused", 0, "map_refused"),
        LegendEntry(Label(paper=number), symbol="house_number"),
        LegendEntry(Label(paper=made_up), symbol="fit", is_dashed=True),
    )
    title = base.word("candidates")
    is_named = is_printed and len(sites) > 0
    layers = tuple(base.word(f"layer_{kind}") for kind in ("best", "candidates", "refused"))
    return LegendGroup(Label(title, title if is_named else ""), entries, "buildings", layers)


def staff_group(base: BaseMap, *, has_roster: bool) -> LegendGroup:
    """Return the units with and without somebody there."""
    words = unit_words(base)
    entries = [
        LegendEntry(Label(words["unit_open"], base.word("map_staffed")), symbol="unit_open"),
        LegendEntry(Label(base.word("explore_unit_closed_now")), symbol="unit_asleep"),
        LegendEntry(Label(paper=base.word("map_unstaffed")), symbol="unit_closed"),
        *(LegendEntry(Label(words[name]), symbol=name) for name in ("puskesmas", "hospital")),
    ]
    if not has_roster:
        entries.append(LegendEntry(Label(paper=base.word("map_no_staff"))))
    return LegendGroup(Label(base.word("facility"), base.word("map_staff")), tuple(entries))
