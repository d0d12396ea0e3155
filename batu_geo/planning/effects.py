"""What each difference between two runs is worth: one setting or input taken over at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.access.coverage import NO_WAY, at_threshold
from batu_geo.domain.asking.leaf_settings import ABOUT, differing_leaves, has_leaf, with_leaves
from batu_geo.domain.tables import Villages
from batu_geo.planning.assess import assess
from batu_geo.planning.before_after import sent_by, villages_after, with_plan
from batu_geo.planning.placement import solve_placement
from batu_geo.planning.situation import trips
from batu_geo.planning.variants import within_capacity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from batu_geo.domain.asking.leaf_settings import Path
    from batu_geo.domain.scenario import Scenario
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.placement import Placement
    from batu_geo.planning.study import Study
    from batu_geo.planning.what_if import WhatIf

TOGETHER, INTERACTION = "together", "interaction"
# More leaves of one part of the scenario than these are taken over as that part.
MOST_LEAVES = 12
# Settings that name each other are taken over as one where one of them alone means nothing.
ONE_PART = ("modes", "headline", "referral", "calibration")
# Inputs by the parts of a study they become; those of the other inputs have their names.
PARTS = {"elevation": "roads", "population_raster": "homes", "footprints": "homes"}
# What answers of an office may change.
OF_ANSWERS = (
    "answers", "villages", "facilities", "buildings", "staffing", "profiles", "costs", "figures",
)  # fmt: skip
MORE = ("minutes_more", "served_more", "without_way_more")
OF_PEOPLE = ("population", "population_evidence")


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """A scenario on a study, under the name it has in the tables of a comparison."""

    name: str
    study: Study
    scenario: Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """An assessment, the plan of its scenario, and the run with that plan built.

    Attributes
    ----------
    assessment
        The assessment.
    placement
        None for a scenario that opens nothing.
    after
        The run with a unit in every building of the plan.
    """

    assessment: Assessment
    placement: Placement | None
    after: WhatIf

    def trips(self) -> pd.DataFrame:
        """Return who goes how far to the unit that serves them: village, people and minutes.

        To the nearest one or, where units can be full, to the one with a place; inf for none.
        """
        return trips(self.after.situation)

    def villages(self) -> pd.DataFrame:
        """Return people served and minutes of each village at the headline, and its rank.

        ``mean_minutes`` is of everybody, inf where somebody reaches no unit;
        ``mean_minutes_reached`` of those who do, beside ``people_without_way`` and, of these,
        who is unreachable, cut off by a closure and far from any road. Where units can be full,
        a unit is reached by those who have a place at it.
        """
        head = self.assessment.scenario.headline
        kept = at_threshold(villages_after(self.assessment, self.after), head)
        kept = self._with_means(kept.reset_index(drop=True))
        ranks = self.after.gaps().set_index("village_id")["rank"]
        return pd.DataFrame(
            {
                "village_id": kept["village_id"],
                "village_name": kept["village_name"],
                "population": kept["population"],
                "served": kept["served_after"],
                "mean_minutes": kept["mean_minutes_after"],
                "mean_minutes_reached": kept["mean_minutes_reached"],
                "people_without_way": kept["people_without_way"],
                **{state: kept[f"{state}_after"] for state in NO_WAY},
                "rank": kept["village_id"].map(ranks).astype("Int64"),
            }
        )

    def _with_means(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the villages with the mean of those who reach a unit, and who does not."""
        limit, trips = self.assessment.scenario.headline.threshold_minutes, self.trips()
        reached = sent_by(trips, "village_id", table["village_id"])
        without = table["population"] - reached["people_sent"]
        mean = reached["mean_minutes_sent"]
        table = table.assign(mean_minutes_reached=mean, people_without_way=without)
        if self.after.situation.assignments is None:
            return table
        near = trips[trips["travel_time_min"] <= limit]
        served = sent_by(near, "village_id", table["village_id"])["people_sent"]
        of_all = mean.where(without == 0, np.inf).where(table["population"] > 0)
        return table.assign(served_after=served, mean_minutes_after=of_all)


class Placing:
    """Places scenarios on studies; what differs in the siting alone is assessed once.

    Every other side is a variant of the situation of the first: the steps of the chain that
    its difference does not touch are taken over.
    """

    def __init__(self) -> None:
        self._kept: dict[str, Assessment] = {}

    def __call__(self, study: Study, scenario: Scenario) -> Placed:
        """Return a scenario assessed, planned and built."""
        settings = scenario.model_dump(mode="json", exclude={*ABOUT, "siting"})
        key = f"{sorted(study.inputs.items())} {settings}"
        if key not in self._kept:
            known = next(iter(self._kept.values()), None)
            like = None if known is None else known.situation
            self._kept[key] = assess(study, scenario, like=like)
        # The study in it stays: the scenario may have changed its facilities.
        assessment = self._kept[key].with_scenario(scenario)
        placement = solve_placement(assessment)
        return Placed(assessment, placement, _built(assessment, placement))


def _built(assessment: Assessment, placement: Placement | None) -> WhatIf:
    """Return the run with the units of a plan, filled up to their capacity where they have one."""
    after = with_plan(assessment, placement.plan.site_ids if placement else ())
    if placement is None or placement.problem.capacity is None:
        return after
    assignments = placement.plan.assignments
    if assignments is None:  # no plan keeps the rules
        return after
    return replace(after, situation=within_capacity(after.situation, assignments))


def effects(
    first: Side,
    second: Side,
    placing: Placing,
    *,
    progress: Callable[[str], None] | None = None,
    expect: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """Return who moves when one difference of the second side alone is taken over into the first.

    Columns: ``difference`` (a leaf setting such as ``modes.foot.speeds_kmh.path``, the name of an
    input, ``together``, or ``interaction``: what all do together less what each does alone),
    ``village_id``, ``village_name``, ``minutes_more`` (of everybody: inf where somebody no
    longer reaches a unit, -inf where now everybody does), ``served_more``,
    ``without_way_more`` (people who reach no unit), ``rank_before`` and ``rank_after``; a
    village nothing moves has no row. The interaction has no ranks, and no minutes where one of
    its parts is infinite. `expect` is called with the number of differences, `progress` with
    the name of each.
    """
    before = placing(first.study, first.scenario).villages()
    changes = [*_inputs(first, second), *_settings(first, second)]
    if len(changes) > 1:
        changes.append((TOGETHER, (second.study, second.scenario)))
    if expect:
        expect(len(changes))
    moved = [_moved(before, before).assign(difference="")]
    for name, (study, scenario) in changes:
        if progress:
            progress(name)
        moved.append(_moved(before, placing(study, scenario).villages()).assign(difference=name))
    if len(changes) > 1:
        moved.append(_interaction(moved[1:-1], moved[-1]))
    table = pd.concat(moved, ignore_index=True)
    return table[["difference", *table.columns.drop("difference")]]


def _settings(first: Side, second: Side) -> Iterator[tuple[str, tuple[Study, Scenario]]]:
    """Yield the first side with each leaf setting of the second that differs.

    Leaves that are no scenario alone are taken over with the rest of their part; one that
    follows from another, as a threshold of a mode does from the headline, has no line.
    """
    one, other = first.scenario, second.scenario
    by_part: dict[str, list[Path]] = {}
    for path in differing_leaves(one, other):
        by_part.setdefault(path[0], []).append(path)
    alone = {
        path: with_leaves(one, other, [path])
        for paths in by_part.values()
        if len(paths) <= MOST_LEAVES
        for path in paths
    }
    whole = {part for part, paths in by_part.items() if any(not alone.get(p) for p in paths)}
    linked = [part for part in ONE_PART if part in by_part]
    is_linked = bool(whole & {*linked})
    for part in [*(p for p in by_part if p not in linked), *linked]:
        if is_linked and part in linked:
            if part == linked[0]:
                paths = [path for name in linked for path in by_part[name]]
                yield part, (first.study, _taken_over(one, other, paths))
        elif part in whole:
            yield part, (first.study, _taken_over(one, other, by_part[part]))
        else:
            for path in by_part[part]:
                scenario = alone[path]
                if scenario is not None and not _follows(path, alone, other):
                    yield ".".join(path), (first.study, scenario)


def _taken_over(one: Scenario, other: Scenario, paths: Sequence[Path]) -> Scenario:
    """Return a scenario with settings of another that are valid together."""
    parts = dict.fromkeys(path[0] for path in paths)
    whole = one.model_copy(update={part: getattr(other, part) for part in parts})
    return with_leaves(one, other, paths) or whole


def _follows(path: Path, alone: Mapping[Path, Scenario | None], other: Scenario) -> bool:
    """Return whether a threshold of a mode is there because of another setting, the headline."""
    if path[0] != "modes" or path[-1] != "thresholds_minutes":
        return False
    heads = (s for p, s in alone.items() if p[0] == "headline" and s is not None)
    return any(has_leaf(scenario, other, path) for scenario in heads)


def _interaction(alone: Sequence[pd.DataFrame], together: pd.DataFrame) -> pd.DataFrame:
    """Return by village what all differences do together less the sum of what each does alone."""
    keys = ["village_id", "village_name"]
    sums = pd.concat([table.assign(sign=-1) for table in alone] + [together.assign(sign=1)])
    for name in MORE:
        sums[name] = sums[name] * sums["sign"]
    rest = sums.groupby(keys, sort=False)[list(MORE)].sum(min_count=1, skipna=False).reset_index()
    rest["minutes_more"] = rest["minutes_more"].where(np.isfinite(rest["minutes_more"]))
    is_some = (rest[list(MORE)].fillna(1).round(6) != 0).any(axis=1)
    kept = rest[is_some]
    none = pd.array([pd.NA] * len(kept), dtype="Int64")
    return kept.assign(rank_before=none, rank_after=none, difference=INTERACTION)


def _inputs(first: Side, second: Side) -> Iterator[tuple[str, tuple[Study, Scenario]]]:
    """Yield the first side with each input of the second whose bytes differ."""
    one, other = first.study, second.study
    tables = sorted({*one.inputs, *other.inputs})
    differing = [t for t in tables if one.hashes.get(t) != other.hashes.get(t)]
    for table in differing:
        yield table, (_with_input(one, other, table), first.scenario)


def _with_input(study: Study, other: Study, table: str) -> Study:
    """Return a study with one input of another."""
    inputs = {name: card for name, card in study.inputs.items() if name != table}
    if table in other.inputs:
        inputs[table] = other.inputs[table]
    if table == "answers":
        parts = {name: getattr(other, name) for name in OF_ANSWERS}
        return replace(study, inputs=inputs, **parts)
    if table in {"population", "villages"}:
        people, outlines = (other, study) if table == "population" else (study, other)
        return replace(study, villages=_villages(people, outlines), inputs=inputs)
    part = PARTS.get(table, table)
    return replace(study, inputs=inputs, **{part: getattr(other, part)})


def _villages(people: Study, outlines: Study) -> Villages:
    """Return the outlines of one study with the people of another."""
    table = outlines.villages.copy()
    theirs = people.villages.set_index("village_id")
    for name in OF_PEOPLE:
        table[name] = table["village_id"].map(theirs[name])
    return Villages(table)


def _moved(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return the villages whose minutes, people served or rank are not what they were."""
    both = before.merge(after, on="village_id", suffixes=("_before", ""))
    table: dict[str, Any] = {
        "village_id": both["village_id"],
        "village_name": both["village_name"],
        "minutes_more": (both["mean_minutes"] - both["mean_minutes_before"]).fillna(0.0),
        "served_more": both["served"] - both["served_before"],
        "without_way_more": both["people_without_way"] - both["people_without_way_before"],
        "rank_before": both["rank_before"],
        "rank_after": both["rank"],
    }
    moved = pd.DataFrame(table)
    same_rank = both["rank"].fillna(0) == both["rank_before"].fillna(0)
    is_moved = (moved["minutes_more"].round(6) != 0) | ~same_rank
    is_moved |= (moved["served_more"] != 0) | (moved["without_way_more"] != 0)
    return moved[is_moved]
