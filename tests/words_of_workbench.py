"""Which words of the catalogue the page of `batu-geo open` says, read from its own files."""

from __future__ import annotations

import re
from functools import cache

from batu_geo.render.text.catalogue import catalogue
from tests.conftest import ROOT

ASSETS = ROOT / "batu_geo/render/web/assets"
# A key in quotes in a script, after a dollar in the markup; one that ends with `_` or `${` goes on
# with a code.
KEY = re.compile(r"[\"$`]bench_(\w+)(\$?\{)?")


@cache
def said_by_workbench() -> frozenset[str]:
    """Return the full keys of the words that the page says."""
    said = set()
    for path in [*ASSETS.glob("workbench*"), ASSETS.parent / "workbench_page.py"]:
        for key, is_open in KEY.findall(path.read_text(encoding="utf-8")):
            names = [n for n in catalogue()["bench"] if n.startswith(key)] if is_open else [key]
            said |= {f"bench_{name}" for name in names}
    return frozenset(said)
