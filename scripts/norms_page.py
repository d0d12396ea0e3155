"""Write the table of `docs/methods/norms.md` from `batu_geo/domain/norms.toml`.

python scripts/norms_page.py

What stands between the two marks of the page is replaced; a test holds both together.
"""

from __future__ import annotations

from pathlib import Path

from batu_geo.domain.norms import norms

PAGE = Path(__file__).parents[1] / "docs" / "methods" / "norms.md"
MARKS = ("<!-- norms -->\n", "<!-- /norms -->")
RELATION = {"at_least": "at least", "at_most": "at most", "none": ""}
WORDS = {"in_force": "in force", "second_hand": "second-hand"}


def table() -> str:
    """Return the norms as rows, in the order of their file."""
    lines = [
        "| id | norm | value | source, article | date | status | read | conflict |",
        "|---|---|--:|---|---|---|---|---|",
    ]
    for norm in norms().values():
        value = f"{RELATION[norm.comparison]} {norm.value:g} {norm.unit}".strip()
        place = norm.source if norm.article == "-" else f"{norm.source}, {norm.article}"
        cells = (
            norm.norm_id, norm.meaning_en, "-" if norm.comparison == "none" else value, place,
            norm.date, WORDS.get(norm.status, norm.status),
            WORDS.get(norm.evidence, norm.evidence), norm.conflicts_with or "-",
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    PAGE.write_text(f"{before}{MARKS[0]}{table()}{MARKS[1]}{after}", encoding="utf-8")
