"""What Windows refuses and Linux allows, imitated: a program that ends well here writes there.

* a folder cannot be opened as a file, so it cannot be flushed;
* only a handle that may write can be flushed;
* a file that is open, as the file of a lock is, can be neither removed, renamed nor replaced;
* a locked file can be neither read nor written through another handle.
"""

from __future__ import annotations

import errno
import fcntl
import io
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batu_geo.locks import LOCK

if TYPE_CHECKING:
    import pytest

CALLS = ("open", "fsync", "unlink", "rename", "replace")


def is_open(path: Any, folder: int | None = None) -> bool:
    """Return whether this process holds a file open."""
    try:
        wanted = os.stat(path, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return False
    for handle in list(Path("/proc/self/fd").iterdir()):
        try:
            if os.path.samestat(handle.stat(), wanted):
                return True
        except OSError:
            continue
    return False


class Windows:
    """The calls of the operating system as Windows answers them; what it refused stands in a list."""

    def __init__(self) -> None:
        self.refused: list[str] = []
        self.real = {name: getattr(os, name) for name in CALLS}
        self.real_open = io.open

    def refuse(self, name: str, path: object) -> None:
        """Refuse a call, and note it."""
        self.refused.append(name)
        raise PermissionError(errno.EACCES, f"{name}: as Windows refuses", str(path))

    def open(self, path: Any, flags: int, *args: Any, **rest: Any) -> int:
        """Open a file; a folder is none."""
        if Path(path).is_dir():
            self.refuse("open", path)
        return int(self.real["open"](path, flags, *args, **rest))

    def fsync(self, handle: int) -> None:
        """Flush through a handle that may write."""
        if fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            self.refused.append("fsync")
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        self.real["fsync"](handle)

    def unlink(self, path: Any, *, dir_fd: int | None = None) -> None:
        """Remove a file that nobody has open."""
        if is_open(path, dir_fd):
            self.refuse("unlink", path)
        self.real["unlink"](path, dir_fd=dir_fd)

    def rename(self, source: Any, target: Any) -> None:
        """Rename onto nothing."""
        self.refuse_open_ones("rename", source, target)
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        self.real["rename"](source, target)

    def replace(self, source: Any, target: Any) -> None:
        """Rename onto anything that nobody has open."""
        self.refuse_open_ones("replace", source, target)
        self.real["replace"](source, target)

    def refuse_open_ones(self, name: str, *paths: Any) -> None:
        """Refuse what is open, or has something open within."""
        within = [inner for path in paths for inner in Path(path).rglob("*") if inner.is_file()]
        if any(is_open(path) for path in (*paths, *within)):
            self.refuse(name, paths[0])

    def second_handle(self, file: Any, *args: Any, **rest: Any) -> Any:
        """Open a file, the one of a held lock excepted."""
        if isinstance(file, str | os.PathLike) and Path(file).name == LOCK and is_open(file):
            self.refuse("a second handle", file)
        return self.real_open(file, *args, **rest)


def imitate_windows(patch: pytest.MonkeyPatch) -> list[str]:
    """Have the four refused, and return the names of the calls that were, as they come."""
    windows = Windows()
    for name in CALLS:
        patch.setattr(os, name, getattr(windows, name))
    patch.setattr(os, "remove", windows.unlink)
    patch.setattr(io, "open", windows.second_handle)
    patch.setattr("builtins.open", windows.second_handle)
    # Windows has no removal below an open folder.
    patch.setattr(shutil, "_use_fd_functions", False)
    return windows.refused
