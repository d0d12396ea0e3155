"""Run a drawn sample of the mutants of the pure floors: some of every module, the same each time.

Run as ``python scripts/mutant_sample.py``, or of some floors ``... siting access``; ``--each 9``
draws more of each module, ``--again`` runs the survivors of the last run alone, ``--report`` none.

mutmut makes the mutants. The drawn ones stand in one copy of the package, switched on one at a
time; a first run of the floor's quick tests notes which of them meets which function. Then each
mutant meets its tests, the quickest first, in a fork of a process that has read all tests and run
none, so that nothing computed without the mutant is kept; what survives meets the slow tests in
the same way, and what no test meets, as it is called while modules are read, the quick tests in a
process of its own. A survivor stands in `scripts/kept_mutants.toml` with the reason why it changes
nothing, or the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from difflib import unified_diff
from functools import cache, partial
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest
from libcst import FunctionDef
from mutmut.mutation.file_mutation import (
    combine_mutations_to_source,
    create_mutations,
    deep_replace,
)
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

if TYPE_CHECKING:
    from collections.abc import Callable

    from libcst import Module
    from mutmut.mutation.file_mutation import Mutation

ROOT = Path(__file__).resolve().parents[1]
VERDICTS = ROOT / "mutants.json"
KEPT = ROOT / "scripts" / "kept_mutants.toml"
FLOORS = ("domain", "network", "access", "siting", "planning")
COPIED = ("batu_geo", "tests", "data", "scripts", "docs", "pyproject.toml")
SEED = 15
EACH = 5
# The quickest tests of a mutant, so many seconds of them without it; few functions have more.
SECONDS_OF_TESTS = 20.0
# Of work beside five times those, after which a mutant counts as one that never ends.
SPARE_SECONDS = 10.0
BYTES = 8 * 2**30
FALLEN = ("killed", "endless")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mutant: where it stands, its name in the copy of the package, the lines it changes."""

    module: str
    function: str
    name: str
    change: tuple[str, ...]

    @property
    def full_name(self) -> str:
        """Return its name with that of its module."""
        return f"{self.module}.{self.name}"


def draw(path: Path, *, seed: int, each: int) -> tuple[int, str, list[Mutant]]:
    """Return how many mutants a module has, its text with the drawn ones, and these."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    tree, found, *ignored = create_mutations(str(path), path.read_text(encoding="utf-8"))
    mutations = [
        one for one in found if isinstance(one.contained_by_top_level_function, FunctionDef)
    ]
    drawn = random.Random(f"{seed} {module}").sample(
        range(len(mutations)), min(each, len(mutations))
    )
    chosen = [mutations[number] for number in sorted(drawn)]
    made = combine_mutations_to_source(tree, chosen, *ignored)
    mutants = [
        Mutant(module, mutation.contained_by_top_level_function.name.value, name, change)
        for mutation, name, change in zip(
            chosen, made.mutant_names, (lines(tree, one) for one in chosen), strict=True
        )
        if mutation.contained_by_top_level_function
    ]
    return len(mutations), made.code, mutants


def lines(tree: Module, mutation: Mutation) -> tuple[str, ...]:
    """Return the lines a mutant takes away and puts in, as `- old` and `+ new`."""

    def text(function: Any) -> list[str]:
        return tree.code_for_node(function).splitlines()

    function = mutation.contained_by_top_level_function
    changed = deep_replace(function, mutation.original_node, mutation.mutated_node)
    rows = list(unified_diff(text(function), text(changed), n=0, lineterm=""))[2:]
    return tuple(f"{row[0]} {row[1:].strip()}" for row in rows if row[0] in "-+")


def make(folder: Path, floor: str, *, seed: int, each: int) -> tuple[dict[str, int], list[Mutant]]:
    """Write the copy of the package with the drawn mutants; return mutants by module and these."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy2(ROOT / name, folder / name)
    counts, mutants = {}, []
    for path in sorted((ROOT / "batu_geo" / floor).rglob("*.py")):
        count, text, drawn = draw(path, seed=seed, each=each)
        if drawn:
            (folder / path.relative_to(ROOT)).write_text(text, encoding="utf-8")
            counts[drawn[0].module] = count
            mutants += drawn
    return counts, mutants


class Meeting:
    """In place of pytest's own loop over the tests: each mutant meets those of its function."""

    def __init__(self, mutants: list[Mutant], *, is_quick: bool) -> None:
        self.mutants = mutants
        self.is_quick = is_quick
        self.verdicts: dict[Mutant, str] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        """Let laws stop at their first fault, as drawn; before the tests are read."""
        from hypothesis import Phase, settings  # noqa: PLC0415 - pytest must read it first

        settings.register_profile("first_fault", phases=(Phase.explicit, Phase.generate))
        settings.load_profile("first_fault")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run each mutant in a fork of this process, which has read every test and run none."""
        # Examples of docstrings stand once more in every copy of a function.
        own = [
            item
            for item in session.items
            if "__mutmut_" not in item.name.removesuffix("__mutmut_orig")
        ]
        slow = [item for item in own if item.get_closest_marker("slow")]
        quick = [item for item in own if item not in {*slow}]
        self.meet(session, self.mutants, quick)
        left = [one for one in self.mutants if self.verdicts[one] in {"survived", "unmet"}]
        if left and not self.is_quick:
            self.meet(session, left, slow)
        for mutant in self.mutants:
            if self.verdicts[mutant] == "unmet":
                self.verdicts[mutant] = verdict = alone(session, mutant)
                print(f"{verdict}, read with it: {mutant.full_name}", flush=True)
        return True

    def meet(
        self, session: pytest.Session, mutants: list[Mutant], items: list[pytest.Item]
    ) -> None:
        """Let some mutants meet some of the tests."""
        notes = noted(session, items)
        by_id = {item.nodeid: item for item in items}
        for number, mutant in enumerate(mutants, 1):
            function = f"{mutant.module}.{mutant.name.partition('__mutmut_')[0]}"
            seconds = quickest(notes.get(function, {}))
            tests = [by_id[test] for test in seconds]
            limit = int(SPARE_SECONDS + 5 * sum(seconds.values()))
            verdict = in_fork(partial(fails, session, mutant, tests, limit)) if tests else "unmet"
            if verdict != "unmet" or mutant not in self.verdicts:
                self.verdicts[mutant] = verdict
            print(f"{number}/{len(mutants)} {verdict}: {mutant.full_name}", flush=True)


def alone(session: pytest.Session, mutant: Mutant) -> str:
    """Let a mutant of what is called as modules are read meet the quick tests in a new process."""
    tests = tuple(arg for arg in session.config.args if arg.startswith("tests"))
    return "killed" if passes(tests, "") and not passes(tests, mutant.full_name) else "unmet"


@cache
def passes(tests: tuple[str, ...], mutant: str) -> bool:
    """Return whether the quick tests pass with a mutant, or without any, in a new process."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-m", "not slow", *tests]
    environment = os.environ | {"MUTANT_UNDER_TEST": mutant, "PYTHONPATH": "."}
    done = subprocess.run(  # noqa: S603 - pytest itself, on the copy made here
        command, env=environment, check=False, stdout=subprocess.DEVNULL
    )
    return done.returncode == 0


def quickest(seconds: dict[str, float]) -> dict[str, float]:
    """Return tests and the seconds they take, the quickest first, up to a sum."""
    total, kept = 0.0, {}
    for test in sorted(seconds, key=lambda one: (seconds[one], one)):
        if total > SECONDS_OF_TESTS:
            break
        kept[test] = seconds[test]
        total += seconds[test]
    return kept


def noted(session: pytest.Session, items: list[pytest.Item]) -> dict[str, dict[str, float]]:
    """Run tests once without a mutant; return by function the seconds of each that meets it."""
    notes = Path("notes.json").absolute()

    def run() -> bool:
        set_mutant_under_test("stats")
        tests: dict[str, dict[str, float]] = defaultdict(dict)
        for test in items:
            start = process_time()
            state()._stats.clear()  # noqa: SLF001 - where mutmut notes what is called
            # As if it were the last: what tests share is made for each, which all meet it then.
            test.config.hook.pytest_runtest_protocol(item=test, nextitem=None)
            if session.testsfailed:
                print(f"left out, fails without a mutant: {test.nodeid}", file=sys.stderr)
                session.testsfailed = 0
                continue
            for function in state()._stats:  # noqa: SLF001
                tests[function][test.nodeid] = process_time() - start
        notes.write_text(json.dumps(tests), encoding="utf-8")
        return False

    in_fork(run)
    seconds: dict[str, dict[str, float]] = json.loads(notes.read_text(encoding="utf-8"))
    return seconds


def in_fork(fails: Callable[[], bool]) -> str:
    """Run in a child process what says whether a test fails; return what became of the mutant."""
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if child == 0:
            failed = True
            try:
                os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
                silence = os.open(os.devnull, os.O_WRONLY)
                os.dup2(silence, 1)
                resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
                failed = fails()
            finally:
                os._exit(int(failed))
        _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "endless"
    return "killed" if os.WEXITSTATUS(status) else "survived"


def fails(session: pytest.Session, mutant: Mutant, tests: list[pytest.Item], limit: int) -> bool:
    """Say whether a test fails with this mutant; a signal ends it after seconds of work."""
    os.dup2(1, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    set_mutant_under_test(mutant.full_name)
    for test, following in zip(tests, [*tests[1:], None], strict=True):
        test.config.hook.pytest_runtest_protocol(item=test, nextitem=following)
        if session.testsfailed:
            return True
    return False


def meet(floor: str, mutants: list[Mutant], *, is_quick: bool) -> dict[Mutant, str]:
    """Read the tests of a floor once and let its mutants meet them."""
    meeting = Meeting(mutants, is_quick=is_quick)
    code = pytest.main(
        [
            *("-q", "-s", "--no-summary", "--no-header", "-p", "no:cacheprovider"),
            *("--rootdir=.", f"tests/{floor}", "tests/properties", f"batu_geo/{floor}"),
        ],
        plugins=[meeting],
    )
    if len(meeting.verdicts) < len(mutants):
        raise SystemExit(int(code) or 2)
    return meeting.verdicts


def run(floor: str, chosen: argparse.Namespace) -> None:
    """Draw, let each mutant meet its tests and write the verdicts of a floor."""
    with tempfile.TemporaryDirectory(prefix="mutants_") as made:
        folder, answers = Path(made), Path(made) / "answers.json"
        counts, mutants = make(folder, floor, seed=chosen.seed, each=chosen.each)
        before = {}
        if chosen.again:
            before = {
                (card["name"], *card["change"]): card["verdict"]
                for card in verdicts()[floor]["mutants"]
            }
        fallen = {
            one.full_name: before[one.full_name, *one.change]
            for one in mutants
            if before.get((one.full_name, *one.change)) in FALLEN
        }
        sought = [one for one in mutants if one.full_name not in fallen]
        # A process for each floor: what one has read, the next does not inherit.
        child = os.fork()
        if child == 0:
            os.chdir(folder)
            sys.path[:] = [made, *(one for one in sys.path if Path(one).resolve() != ROOT)]
            met = {
                one.full_name: verdict
                for one, verdict in meet(floor, sought, is_quick=chosen.quick).items()
            }
            answers.write_text(json.dumps(met), encoding="utf-8")
            os._exit(0)
        os.waitpid(child, 0)
        found = fallen | json.loads(answers.read_text(encoding="utf-8"))
    card = {
        "seed": chosen.seed,
        "each": chosen.each,
        "modules": counts,
        "mutants": [
            asdict(one) | {"name": one.full_name, "verdict": found[one.full_name]}
            for one in mutants
        ],
    }
    VERDICTS.write_text(json.dumps(verdicts() | {floor: card}, indent=1), encoding="utf-8")


def verdicts() -> dict[str, Any]:
    """Return what the last run of each floor found."""
    if not VERDICTS.exists():
        return {}
    found: dict[str, Any] = json.loads(VERDICTS.read_text(encoding="utf-8"))
    return found


def report() -> int:
    """Print the counts of each floor and the survivors; return 1 where one has no reason."""
    cards = tomllib.loads(KEPT.read_text(encoding="utf-8")).get("mutant", [])
    reasons = {(card["function"], *card["change"]): card["reason"] for card in cards}
    columns = ("modules", "mutants", "sampled", "killed", "equivalent", "survived")
    total: Counter[str] = Counter()
    rows = []
    for floor, found in verdicts().items():
        count = Counter(modules=len(found["modules"]), mutants=sum(found["modules"].values()))
        for card in found["mutants"]:
            function = f"{card['module'].removeprefix('batu_geo.')}.{card['function']}"
            fate = "killed" if card["verdict"] in FALLEN else "survived"
            if fate == "survived" and reasons.get((function, *card["change"])):
                fate = "equivalent"
            if fate == "survived":
                print(f"{card['verdict']}: {function}", *card["change"], sep="\n    ")
            count.update(["sampled", fate])
        rows.append((floor, count, f"seed {found['seed']}, {found['each']} of a module"))
        total += count
    print(f"{'floor':>9}" + "".join(f"{column:>12}" for column in columns))
    for floor, count, sample in (*rows, ("all", total, "")):
        print(f"{floor:>9}" + "".join(f"{count[one]:12,}" for one in columns) + f"  {sample}")
    return 1 if total["survived"] else 0


def main() -> int:
    """Draw, run and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("floors", nargs="*", help=f"of {', '.join(FLOORS)}; all without")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of the draw, {SEED} by default")
    parser.add_argument("--each", type=int, default=EACH, help=f"of a module, {EACH} by default")
    parser.add_argument("--quick", action="store_true", help="leave the slow tests out")
    parser.add_argument("--again", action="store_true", help="what the last run left alone")
    parser.add_argument("--report", action="store_true", help="the last run, told once more")
    chosen = parser.parse_args()
    if not chosen.report:
        for floor in chosen.floors or FLOORS:
            run(floor, chosen)
    return report()


if __name__ == "__main__":
    sys.exit(main())
