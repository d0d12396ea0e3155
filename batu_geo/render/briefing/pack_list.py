"""`isi_paket.txt`: what is in a pack, how large it is, and what goes into a mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.render.text.words import number, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.domain.errors import Language

PACK_LIST = "isi_paket.txt"
# What a mail takes; the full deck, maps, layers, pages and sheets of villages stay beside it.
FOR_MAIL = (
    "ringkasan.pdf", "laporan.pdf", "paparan.pptx", "nota_dinas.docx", "telaahan_staf.docx",
    "tabel.xlsx", PACK_LIST,
)  # fmt: skip
MEGABYTE = 1e6


def pack_list(sizes: Mapping[str, int], title: str, language: Language) -> str:
    """Return the files of a pack with their sizes in megabytes, those for a mail first.

    Parameters
    ----------
    sizes
        Bytes by path inside the pack.
    """
    mail = {name: sizes[name] for name in FOR_MAIL if name in sizes}
    rest = {name: size for name, size in sorted(sizes.items()) if name not in mail}
    lines = [title, ""]
    for key, files in (("pack_mail", mail), ("pack_beside", rest)):
        total = number(sum(files.values()) / MEGABYTE, language, 1)
        lines.append(word(key, language, count=number(len(files), language), size=total))
        lines += [f"  {number(size / MEGABYTE, language, 2):>8}  {name}"
                  for name, size in files.items()]  # fmt: skip
        lines.append("")
    return "\n".join(lines)
