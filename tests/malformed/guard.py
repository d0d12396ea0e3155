"""See every socket, process, write and open of this process while a check runs."""

from __future__ import annotations

import contextlib
import os
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path

from batu_geo.sources.study.embedded import embedded_study

ROOT = Path(__file__).resolve().parents[2]
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {
    "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.truncate",
    "shutil.copyfile", "shutil.move", "shutil.rmtree", "shutil.unpack_archive",
}  # fmt: skip
PROCESSES = {"subprocess.Popen", "os.system", "os.exec", "os.fork", "os.posix_spawn"}
OWN = tuple(
    {
        str(Path(folder).resolve())
        for folder in (
            ROOT / "batu_geo", embedded_study(), sys.prefix, sys.base_prefix,
            *sysconfig.get_paths().values(), "/usr/lib", "/usr/share", "/usr/local/lib",
        )
    }
)  # fmt: skip
HARMLESS = ("/dev/null", "/proc/", "/sys/", "/etc/localtime")


@dataclass
class Seen:
    """What happened while the guard stood."""

    sockets: list[str] = field(default_factory=list)
    processes: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


_standing: list[tuple[Seen, tuple[str, ...]]] = []
_is_hooked: list[bool] = []


def _hook(event: str, args: tuple) -> None:
    if not _standing:
        return
    seen, allowed = _standing[-1]
    if event.startswith("socket.") and event != "socket.__new__":
        seen.sockets.append(f"{event} {args[-1]!r}")
    elif event in PROCESSES:
        seen.processes.append(f"{event} {args!r}")
    elif event in CHANGES:
        seen.written.append(f"{event} {_place(*args)!r}")
    elif event == "open" and isinstance(args[0], (str, bytes)):
        path = os.fsdecode(args[0])
        if "__pycache__" in path or path.startswith(HARMLESS):
            return
        if args[2] & WRITING:
            seen.written.append(path)
        elif not path.startswith(allowed) and not os.path.realpath(path).startswith(allowed):
            seen.outside.append(path)


def _place(path: object, *rest: object) -> object:
    """Return the whole path of what is named by a descriptor, or from that of a folder."""
    folder = rest[-1] if rest else -1
    if isinstance(path, int):
        return os.path.realpath(f"/proc/self/fd/{path}")
    if isinstance(path, str) and not path.startswith("/") and type(folder) is int and folder >= 0:
        return f"{os.path.realpath(f'/proc/self/fd/{folder}')}/{path}"
    return path


@contextlib.contextmanager
def guarded(*folders: Path):
    """Record what a block does outside the folders, this package and its libraries."""
    if not _is_hooked:
        sys.addaudithook(_hook)
        _is_hooked.append(True)
    seen = Seen()
    _standing.append((seen, OWN + tuple(str(f.resolve()) for f in folders)))
    try:
        yield seen
    finally:
        _standing.pop()
