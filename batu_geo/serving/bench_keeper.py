"""What a live bench leaves on disk: its state after every step, one line a step, recent files.

The state is written whole or not at all. One that cannot be read is kept aside and said, never
written over.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pydantic import Field, ValidationError

from batu_geo.domain.errors import BatuGeoError, Problem, printable
from batu_geo.domain.frozen import Frozen, NoTruth
from batu_geo.domain.reasons import settings_reason
from batu_geo.serving.live_bench import Kept
from batu_geo.workbench.bench_text import bench_from, bench_text
from batu_geo.workbench.edits import Act
from batu_geo.writing import flush_to_disk, naming_write_errors, write_atomically

if TYPE_CHECKING:
    from batu_geo.planning.study import Study

FOLDER, SPOILT, EARLIER = "meja-kerja", ".rusak", ".sebelumnya"
UNREADABLE = "BG-608"
MOST_RECENT = 12
LONGEST_LOG = 2_000
LARGEST_STATE = 50_000_000


class StateFile(Frozen):
    """The form of a state on disk; `version` grows when it changes."""

    version: Literal[1] = 1
    study: str
    revision: Annotated[int, Field(ge=0), NoTruth]
    bench: str
    snapshots: dict[str, tuple[Act, ...]]
    file: str
    path: str
    sha: str
    saved: str


@dataclass(frozen=True, slots=True)
class Found:
    """A state as it was found: what is kept of it, and what is to say."""

    kept: Kept | None
    notices: tuple[Problem, ...] = ()


class Door(NamedTuple):
    """Where a server is reached, and with which key."""

    port: int
    token: str


class Keeper:
    """The folder of a live bench.

    Parameters
    ----------
    out
        Folder of all runs.
    study
        Whose state is meant: each study has its own.
    """

    def __init__(self, out: Path, study: Study) -> None:
        self.folder = out / FOLDER
        mark = hashlib.sha256(str(study.folder.resolve()).encode()).hexdigest()[:8]
        self.state = self.folder / f"{study.name}-{mark}.json"
        self.log = self.folder / f"{study.name}-{mark}.log"
        self.recent = self.folder / "recent.json"
        self.door = self.folder / f"{study.name}-{mark}.key"
        self.study = study.name

    def found(self) -> Found:
        """Return the state on disk; one that cannot be read is renamed and said."""
        if not self.state.is_file():
            return Found(None)
        try:
            return Found(self._read())
        except (OSError, ValueError, RecursionError) as wrong:
            aside = self.put_aside(SPOILT)
            values = {"name": aside.name, "reason": _reason(wrong)}
            return Found(None, (Problem(UNREADABLE, values=values),))

    def _read(self) -> Kept:
        with self.state.open("rb") as file:
            card = StateFile.model_validate_json(file.read(LARGEST_STATE))
        bench = bench_from(card.bench, self.state.name)
        return Kept(bench, card.revision, dict(card.snapshots), card.file, card.path, card.sha,
                    card.saved)  # fmt: skip

    def put_aside(self, mark: str) -> Path:
        """Rename the state so that a new one may take its place; return its new path."""
        taken = (self.state.with_name(f"{self.state.name}{mark}{n or ''}") for n in range(10_000))
        aside = next(path for path in taken if not path.exists())
        self.state.rename(aside)
        return aside

    def keep(self, kept: Kept) -> None:
        """Write a state, flushed to disk.

        Raises
        ------
        EnvironmentFault
            When it cannot be written.
        """
        card = StateFile(
            study=self.study, revision=kept.revision, bench=bench_text(kept.bench),
            snapshots=kept.snapshots, file=kept.file, path=kept.path, sha=kept.sha,
            saved=kept.saved,
        )  # fmt: skip
        with naming_write_errors(self.state):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self.state, card.model_dump_json().encode())
            flush_to_disk([self.folder])

    def left_door(self) -> Door | None:
        """Return where a server that did not end was reached, so that its pages find it again."""
        try:
            card = json.loads(self.door.read_bytes())
            return Door(int(card["port"]), str(card["token"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def leave_door(self, door: Door) -> None:
        """Note where the server is reached, for this user alone to read."""
        self.close_door()
        with suppress(OSError):
            handle = os.open(self.door, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(json.dumps(door._asdict()).encode())

    def close_door(self) -> None:
        """Forget the key: the next server has another one."""
        with suppress(OSError):
            self.door.unlink(missing_ok=True)

    def note(self, text: str, before: int, after: int) -> None:
        """Add one line to the log: time, change, people served before and after."""
        now = dt.datetime.now().astimezone().isoformat(timespec="seconds")
        line = f"{now}\t{printable(text)}\t{before}\t{after}\n"
        with suppress(OSError), self.log.open("a", encoding="utf-8") as file:
            file.write(line)

    def lines(self) -> list[dict[str, Any]]:
        """Return the last lines of the log, the oldest first."""
        try:
            rows = self.log.read_text(encoding="utf-8").splitlines()[-LONGEST_LOG:]
        except (OSError, ValueError):
            return []
        parts = [row.split("\t") for row in rows]
        return [
            {"time": time, "text": text, "before": int(before), "after": int(after)}
            for time, text, before, after in (part for part in parts if len(part) == 4)
            if before.isdecimal() and after.isdecimal()
        ]

    def remember(self, path: Path) -> None:
        """Put a scenario file first among the recent ones."""
        now = dt.datetime.now().astimezone().isoformat(timespec="minutes")
        known = [row for row in self.recents() if row["path"] != str(path)]
        rows = [{"path": str(path), "when": now}, *known][:MOST_RECENT]
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self.recent, json.dumps(rows, ensure_ascii=False).encode())

    def recents(self) -> list[dict[str, str]]:
        """Return recent scenario files that are still there, the latest first."""
        try:
            rows = json.loads(self.recent.read_bytes())
            return [
                {"path": str(row["path"]), "when": str(row["when"])}
                for row in rows
                if Path(str(row["path"])).is_file()
            ]
        except (OSError, ValueError, TypeError, KeyError):
            return []


def _reason(wrong: Exception) -> object:
    if isinstance(wrong, BatuGeoError) and wrong.problems:
        return wrong.problems[0].values.get("reason", wrong.problems[0].code)
    if isinstance(wrong, ValidationError):
        return settings_reason({**wrong.errors()[0]})
    return type(wrong).__name__
