"""Build the site of the documentation into `build/site` and check it; one command, no network.

Needs `requirements-docs.lock.txt` beside the package. The notebooks are executed anew, and a
cell that fails ends it. Warnings of the builder are errors; a page that would load something from
outside, a link that leads nowhere or a word that no list knows ends it with 1.
`build/site/index.html` opens from the disk.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag

import batu_geo
from batu_geo import access, siting

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "build" / "site"
NOTEBOOKS = ROOT / "docs" / "notebooks"
LOADS = {"src", "srcset", "poster", "data"}
OUTSIDE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//|^https?:", re.IGNORECASE)
IN_STYLE = re.compile(r"(?:url\(\s*|@import\s+)[\"']?((?:https?:)?//[^\"')\s]+)", re.IGNORECASE)


class Page(HTMLParser):
    """What one page loads, where it leads, and which places it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.leads: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the addresses of one tag."""
        for name, value in attrs:
            if name == "id" or (tag == "a" and name == "name"):
                self.places.add(value or "")
            elif name in LOADS or (name == "href" and tag in {"link", "use", "image"}):
                self.loads.append(value or "")
            elif name == "href":
                self.leads.append(value or "")
            elif name == "style":
                self.loads += IN_STYLE.findall(value or "")
            elif name == "srcdoc":
                self.loads += outside(Page(value or "").loads)

    handle_startendtag = handle_starttag


def outside(addresses: Iterable[str]) -> list[str]:
    """Return the addresses on other computers."""
    return [address for address in addresses if OUTSIDE.match(address)]


def pages(site: Path) -> dict[Path, Page]:
    """Return every page of a site, parsed."""
    return {
        path.resolve(): Page(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("*.html"))
    }


def outside_requests(site: Path) -> list[str]:
    """Return what a browser would ask of other computers to show the pages."""
    found = [
        f"{path.name}: {address}"
        for path, page in pages(site).items()
        for address in outside(page.loads)
    ]
    for style in sorted(site.rglob("*.css")):
        text = style.read_text(encoding="utf-8")
        found += [f"{style.name}: {address}" for address in IN_STYLE.findall(text)]
    return found


def broken_links(site: Path) -> list[str]:
    """Return the links within the site that lead to no file or to no place of a page."""
    known, found = pages(site), []
    for path, page in known.items():
        for link in [*page.leads, *page.loads]:
            address, place = urldefrag(link)
            if OUTSIDE.match(address) or address.startswith(("mailto:", "data:")):
                continue
            target = (path.parent / unquote(address.partition("?")[0])).resolve()
            target = target if address else path
            lost = place and target in known and unquote(place) not in known[target].places
            if lost or not target.is_file():
                found.append(f"{path.name}: {link}")
    return found


def names_without_entry(site: Path) -> list[str]:
    """Return the public names of Python that have no entry, under this room or another."""
    places = {
        place.rpartition(".")[2]
        for page in pages(site).values()
        for place in page.places
        if place.startswith("batu_geo.")
    }
    names = [
        f"{room.__name__}.{name}" for room in (batu_geo, access, siting) for name in room.__all__
    ]
    return [name for name in names if name.rpartition(".")[2] not in places]


def build() -> int:
    """Build the site anew, with the notebooks among its pages; return how the builder ended."""
    shutil.rmtree(SITE, ignore_errors=True)
    shutil.rmtree(NOTEBOOKS, ignore_errors=True)
    only_notebooks = shutil.ignore_patterns("*.py", "outputs", ".*")
    shutil.copytree(ROOT / "notebooks", NOTEBOOKS, ignore=only_notebooks)
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-E", "-W", "--keep-going"]
    command += ["-d", str(SITE.with_name("site-doctrees")), str(ROOT / "docs"), str(SITE)]
    try:
        return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603
    finally:
        shutil.rmtree(NOTEBOOKS)


def main() -> int:
    """Build, check and say what was found."""
    ends = build()
    for what, found in (
        ("asked of other computers", outside_requests(SITE)),
        ("links that lead nowhere", broken_links(SITE)),
        ("public names without an entry", names_without_entry(SITE)),
    ):
        print(f"{what}: {len(found)}", *found, sep="\n  ")
        ends = ends or bool(found)
    spelling = [sys.executable, str(ROOT / "scripts" / "spelling.py")]
    ends = subprocess.run(spelling, check=False).returncode or ends  # noqa: S603
    print(f"{len(pages(SITE))} pages: {SITE / 'index.html'}")
    return int(ends)


if __name__ == "__main__":
    sys.exit(main())
