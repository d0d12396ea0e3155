"""A finished page: to be saved, or shown in a notebook."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, repr=False)
class MapPage:
    """One self-contained HTML page; a notebook shows it in a frame."""

    html: str

    def save(self, path: Path) -> None:
        """Write the page."""
        path.write_text(self.html, encoding="utf-8", newline="\n")

    def __repr__(self) -> str:
        """Return the size in a line."""
        return f"MapPage: {len(self.html):,} characters; save(path) writes it"

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{html.escape(self.html, quote=True)}" '
            'style="width:100%;height:640px;border:1px solid #ccc" '
            'sandbox="allow-scripts"></iframe>'
        )
