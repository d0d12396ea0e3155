"""Whether every locked requirement has a wheel for Windows and macOS on the Pythons declared.

Asks the registry that pip is set up with, for file names and metadata alone; nothing is
installed. Prints a table, and ends with 1 where a wheel is missing::

    .venv/bin/python scripts/wheels.py
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock.txt"
# Name in the table; tag of the oldest system asked for; what markers see there.
TARGETS = (
    ("Windows, 64 bits", "win_amd64", {"sys_platform": "win32", "platform_system": "Windows",
                                       "os_name": "nt", "platform_machine": "AMD64"}),
    ("macOS 14, Apple silicon", "macosx_14_0_arm64", {
        "sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix",
        "platform_machine": "arm64"}),
    ("macOS 15, Intel", "macosx_15_0_x86_64", {
        "sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix",
        "platform_machine": "x86_64"}),
)  # fmt: skip
ENTRY = re.compile(r"^(\S+==[^\\\n]+?)\s*((?:\\\n\s+--hash=\S+\s*)+)", re.MULTILINE)
NO_WHEEL = re.compile(r"No matching distribution found for ([\w.-]+)==")


def pythons() -> list[str]:
    """Return the Pythons that `pyproject.toml` declares, as ``3.11``."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = (line.rpartition(" :: ")[2] for line in project["classifiers"])
    return [version for version in named if re.fullmatch(r"3\.\d+", version)]


def wanted(lock: str, python: str, marks: dict[str, str]) -> dict[str, str]:
    r"""Return the lines of the lock that a target installs, by project.

    >>> lock = "a==1 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n"
    >>> list(wanted(lock, "3.12", {"sys_platform": "win32"}))
    ['a']
    >>> list(wanted(lock, "3.12", {"sys_platform": "darwin"}))
    []
    """
    environment = {**marks, "python_version": python, "python_full_version": f"{python}.0"}
    lines = {}
    for named, hashes in ENTRY.findall(lock):
        requirement = Requirement(named)
        if requirement.marker is None or requirement.marker.evaluate(environment):
            pinned = f"{requirement.name}{requirement.specifier}"
            lines[requirement.name] = f"{pinned} {hashes}".rstrip()
    return lines


def without_wheel(lines: dict[str, str], python: str, platform: str) -> list[str]:
    """Return the projects that have no wheel for a target among the files of the lock."""
    missing: list[str] = []
    while True:
        asked = [line for name, line in lines.items() if name not in missing]
        with tempfile.TemporaryDirectory() as folder:
            done = ask_pip(Path(folder), asked, python, platform)
            if done.returncode == 0:
                report = (Path(folder) / "report.json").read_text(encoding="utf-8")
                return missing + unfit(json.loads(report), python)
        found = NO_WHEEL.findall(done.stderr)
        if not found:
            raise SystemExit(done.stderr)
        missing += found


def ask_pip(
    folder: Path, asked: list[str], python: str, platform: str
) -> subprocess.CompletedProcess[str]:
    """Have pip look for wheels without installing them; what it found is in `report.json`."""
    lock, report = folder / "lock.txt", folder / "report.json"
    lock.write_text("\n".join(asked) + "\n", encoding="utf-8")
    # pip holds what a wheel asks for against the Python that runs pip: `unfit` does that instead.
    command = [
        sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps",
        "--only-binary=:all:", "--ignore-requires-python", "--platform", platform,
        "--python-version", python, "--target", str(folder / "target"), "--quiet",
        "--report", str(report), "-r", str(lock),
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


def unfit(report: dict[str, Any], python: str) -> list[str]:
    """Return the projects of a report whose wheel asks for another Python."""
    cards = [found["metadata"] for found in report["install"]]
    return [
        card["name"]
        for card in cards
        if not SpecifierSet(card.get("requires_python", "")).contains(f"{python}.0")
    ]


def main() -> int:
    """Print the table; return 1 where a wheel is missing."""
    lock = LOCK.read_text(encoding="utf-8")
    print("| system | Python | locked | without a wheel |\n|---|---|--:|---|")
    is_short = False
    for system, platform, marks in TARGETS:
        for python in pythons():
            lines = wanted(lock, python, marks)
            missing = without_wheel(lines, python, platform)
            is_short |= bool(missing)
            print(f"| {system} | {python} | {len(lines)} | {', '.join(missing) or 'none'} |")
    return int(is_short)


if __name__ == "__main__":
    sys.exit(main())
