"""Check that the subject of a commit reads `area: what changes`.

Run by git as a commit-msg hook (see `.pre-commit-config.yaml`), or by hand as
``python scripts/commit_subject.py FILE`` with the message in a file.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

LONGEST = 100
SUBJECT = re.compile(r"[a-z][a-z0-9_./-]*(, [a-z][a-z0-9_./-]*)*: \S.*[^.\s]")
WRITTEN_BY_GIT = ("Merge ", "Revert ", "fixup! ", "squash! ")


def fault(message: str) -> str:
    """Return what is wrong with the subject of a message, or nothing.

    >>> fault("siting: one Outcome for every solver")
    ''
    >>> fault("The comma behind a whole number")
    'write the subject as `area: what changes`, such as `siting: one Outcome for every solver`'
    """
    subject = message.partition("\n")[0].rstrip()
    if subject.startswith(WRITTEN_BY_GIT):
        return ""
    if len(subject) > LONGEST:
        return f"the subject has {len(subject)} characters, at most {LONGEST} are read in a log"
    if not SUBJECT.fullmatch(subject):
        return (
            "write the subject as `area: what changes`, such as "
            "`siting: one Outcome for every solver`"
        )
    return ""


if __name__ == "__main__":
    said = fault(Path(sys.argv[1]).read_text(encoding="utf-8"))
    if said:
        sys.exit(f"commit subject: {said}")
