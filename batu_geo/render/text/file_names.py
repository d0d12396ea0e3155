"""Names of files that people can read."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 40


def readable_name(order: int, name: str, code: str) -> str:
    """Return a name of a file that people can read and every system can hold.

    >>> readable_name(1, "Oro-oro Ombo", "35.79.01.2006"), readable_name(12, "../é?", "v3")
    ('01-oro-oro-ombo-35.79.01.2006', '12-e-v3')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    said = re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_NAME].strip("-")
    return "-".join(filter(None, (f"{order:02d}", said, code)))
