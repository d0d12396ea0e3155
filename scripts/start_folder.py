"""Make the folder from which an office opens the workbench by a double click, without a network.

Takes the wheels of the locks for one system and Python from the registry that pip is set up with::

    .venv/bin/python scripts/start_folder.py batu_geo-windows --platform win_amd64 --python 3.12

Without ``--platform`` the wheels are those of this computer. ``--no-wheels`` leaves them out: then
setting up needs a registry. The folder holds the start files of `scripts/start`, the wheel of this
program, the locks with their hashes, and the wheels below ``paket``.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START = ROOT / "scripts" / "start"
LOCKS = (ROOT / "requirements.lock.txt", ROOT / "requirements-dev.lock.txt")
# What the extra `app` brings beside the lock of the program.
OF_THE_PAGE = ("starlette", "uvicorn", "anyio", "h11", "idna", "typing-extensions")
ENTRY = re.compile(r"^([\w.-]+)==[^\\\n]+?\\\n(?:\s+--hash=\S+(?:\s*\\)?\n)+", re.MULTILINE)


def locked(program: str, dev: str) -> str:
    r"""Return the lines of the lock of the program, and those of the page from the other lock.

    >>> a, b = "x==1 \\\n    --hash=sha256:00\n", "starlette==2 \\\n    --hash=sha256:01\n"
    >>> locked(a, b) == a + b
    True
    """
    entries = list(ENTRY.finditer(program))
    names = {entry[1] for entry in entries}
    wanted = {*OF_THE_PAGE} - names
    return "".join(e[0] for e in [*entries, *(e for e in ENTRY.finditer(dev) if e[1] in wanted)])


def make(folder: Path, *, platform: str, python: str, has_wheels: bool) -> None:
    """Make the folder; it must be new."""
    folder.mkdir(parents=True)
    for path in START.iterdir():
        shutil.copy(path, folder / path.name)
    shutil.copy(START / "mulai.sh", folder / "mulai.command")
    run("-m", "build", "--wheel", "--outdir", str(folder), str(ROOT))
    lock = folder / "kunci.txt"
    program, dev = (path.read_text(encoding="utf-8") for path in LOCKS)
    lock.write_text(locked(program, dev), encoding="utf-8")
    if has_wheels:
        of = ["--platform", platform, "--python-version", python] if platform else []
        run("-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", *of,
            "--require-hashes", "-r", str(lock), "-d", str(folder / "paket"))  # fmt: skip


def run(*arguments: str) -> None:
    """Run this Python; end with its message where it fails."""
    done = subprocess.run(  # noqa: S603 - this Python, with arguments of this file
        [sys.executable, *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr.strip() or done.stdout.strip())


def main() -> None:
    """Read the command line and make the folder."""
    about = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    about.add_argument("folder", type=Path)
    about.add_argument("--platform", default="", help="win_amd64, macosx_14_0_arm64, ...")
    about.add_argument("--python", default=f"3.{sys.version_info.minor}", help="3.11 to 3.13")
    about.add_argument("--no-wheels", action="store_true", help="leave the wheels out")
    asked = about.parse_args()
    if asked.folder.exists():
        raise SystemExit(f"{asked.folder}: ada, pilih nama lain / exists, choose another name")
    make(asked.folder, platform=asked.platform, python=asked.python, has_wheels=not asked.no_wheels)
    size = sum(path.stat().st_size for path in asked.folder.rglob("*") if path.is_file())
    print(f"{asked.folder}: {size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
