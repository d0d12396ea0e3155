"""Write `docs/messages.md`: every message with its meaning, an example and the remedy.

Run it after a change of `batu_geo/domain/messages.toml`; a test holds both equal.
"""

from __future__ import annotations

import re
from pathlib import Path

from batu_geo.domain.errors import Problem, messages

PAGE = Path(__file__).resolve().parent.parent / "docs" / "messages.md"
HEAD = """# Pesan · Messages

Setiap pesan punya kode tetap. Bentuknya: kode, berkas, baris atau fitur, kolom, apa
yang salah, cara memperbaiki. Halaman ini ditulis oleh `scripts/message_pages.py`.

Every message has a stable code. Its form: code, file, row or feature, column, what is
wrong, how to fix it. This page is written by `scripts/message_pages.py`.

| kode · code | arti · meaning |
|---|---|
| BG-1xx | berkas hilang atau bukan seperti namanya · a file is missing or not what it says |
| BG-2xx | isi tabel salah, diragukan atau diubah · a table is wrong, in doubt or was changed |
| BG-3xx | pengaturan atau hasil lama salah · a setting or an older result is wrong |
| BG-4xx | komputer, jaringan atau perintah · the machine, the network or the command |
| BG-8xx | pemberitahuan, bukan kesalahan · a notice, not an error |
| BG-9xx | kesalahan program · a fault of the program |

Satu kode dapat menghentikan satu perintah dan hanya diberitahukan oleh yang lain; yang
menentukan [kode keluar](commands.md#exit-codes) adalah jenis kesalahannya.

One code may stop one verb and be only noted by another; the
[exit code](commands.md#exit-codes) depends on the kind of error.
"""
# Values for the examples; whatever is not here shows as its own name.
SAMPLES: dict[str, object] = {
    "at": 17, "column": "kind", "command": "batu-geo plan baseline",
    "across": 1, "count": 3, "crs": "EPSG:32749", "date": "2025-12-22",
    "expected": "GeoJSON", "example": "35.79.01.1001", "farthest": 812, "first": 4,
    "found": "HTML", "gap_m2": 1250, "key": "roads.path", "km": 40, "lat": "-7.87123",
    "length": 40000, "listed": "2 tag maxspeed yang janggal", "listed_en": "2 odd maxspeed tags",
    "lies_in": "Mojorejo", "limit": 300,
    "line": 12, "lon": "112.52345",
    "meaning": "posyandu ILP", "meaning_en": "posyandu ILP", "metres": 12, "minimum": 0,
    "missing": "Sisir (35.79.01.1004)", "name": "posyandu", "names": "RS-26, RS-28",
    "now": "0.2.0", "places": "-7.87123 112.52345 (way 4711)", "then": "0.1.0",
    "nearest": " (licence?)", "other": "35.79.01.1002", "overlap_m2": 12000, "owner": "4711",
    "reason": "...", "remark": "runtime error: Query timed out", "reported": 193,
    "run": "baseline-1a2b3c4d", "says": "Dadaprejo", "since": "2026-01-31T08:00:00+00:00",
    "size": 700, "source": "Harian Bhirawa", "suffix": ".shp", "table": "villages",
    "tables": "roads, villages", "total": 500, "value": "Beji", "village": "Temas",
    "what": "NIK", "zone": "49S",
}  # fmt: skip
FILES = {"1": "batas.geojson", "2": "facilities.geojson", "3": "baseline.toml", "4": "outputs"}
WITH_FEATURE = re.compile(r"BG-2(0[2-9]|07|1[157]|2[0-3]|31|40)")


def page() -> str:
    """Return the whole page."""
    return HEAD + "".join(_section(code) for code in sorted(messages()))


def _section(code: str) -> str:
    message = messages()[code]
    values = {
        name: SAMPLES.get(name, name)
        for text in message.values()
        for name in re.findall(r"{(\w+)}", text)
    }
    feature = 7 if WITH_FEATURE.fullmatch(code) else None
    column = str(values.get("column", "")) or ("village_id" if feature else "")
    problem = Problem(code, FILES.get(code[3], ""), feature=feature, column=column, values=values)
    return f"""
## {code}

- **Arti:** {_meaning(message["id"])}.
- **Perbaikan:** {_meaning(message["fix_id"])}.
- **Meaning:** {_meaning(message["en"])}.
- **Fix:** {_meaning(message["fix_en"])}.

```text
{problem.line("id")}
{problem.line("en")}
```
"""


def _meaning(text: str) -> str:
    """Return a message with its values shown as names."""
    return re.sub(r"{(\w+)}", r"`\1`", text)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
