"""Put two briefing packs side by side in pictures: the older on the left, the newer on the right.

    python scripts/before_and_after.py OLDER NEWER FOLDER

OLDER and NEWER are folders of packs. Every page of the report and the summary, every slide, the
first page of every sheet and every layer of the GeoPackage is drawn small into a JPEG of FOLDER.
Needs poppler, LibreOffice and QGIS: the pictures of `docs/briefing.md` are made so.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl
import pyogrio
from PIL import Image, ImageDraw

GAP, GROUND, MOST_BYTES = 4, "#8a8a8a", 250_000
# By picture: what is drawn, how wide each small page is, how many stand beside each other.
PICTURES = {
    "paket_ringkasan": (("ringkasan.pdf",), 460, 1),
    "paket_laporan": (("laporan.pdf",), 118, 8),
    "paket_lembar_desa": (("lembar_desa/*.pdf",), 205, 3),
    "paket_surat": (("nota_dinas.docx", "telaahan_staf.docx"), 200, 5),
    "paket_salindia": (("presentasi.pptx", "paparan.pptx"), 235, 3),
    "paket_tabel": (("tabel.xlsx",), 215, 4),
    "paket_lapisan": (("peta.gpkg",), 210, 3),
}
DRAW_LAYERS = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.PyQt.QtCore import QSize
from qgis.core import (QgsApplication, QgsMapRendererSequentialJob, QgsMapSettings, QgsVectorLayer)
app = QgsApplication([], False)
app.initQgis()
path, folder, *names = sys.argv[1:]
extent = QgsVectorLayer(f"{path}|layername=villages", "", "ogr").extent()
for n, name in enumerate(names):
    layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
    layer.loadDefaultStyle()
    view = QgsMapSettings()
    view.setLayers([layer])
    view.setOutputSize(QSize(600, 800))
    view.setDestinationCrs(layer.crs())
    view.setExtent(extent)
    job = QgsMapRendererSequentialJob(view)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(f"{folder}/{n:02d}-{name}.png")
os._exit(0)
"""


def main(older: Path, newer: Path, into: Path) -> None:
    """Draw every picture."""
    for name, (files, wide, across) in PICTURES.items():
        halves = []
        for pack in (older, newer):
            paths = [path for file in files for path in sorted(pack.glob(file))]
            pages = [page for path in paths for page in pages_of(path, wide)]
            halves.append(contact_sheet(pages, across))
        both = beside(halves)
        quality = next(q for q in range(70, 4, -5) if len(jpeg(both, q)) <= MOST_BYTES)
        (into / f"{name}.jpg").write_bytes(jpeg(both, quality))
        print(name, both.size, quality)


def pages_of(path: Path, wide: int) -> list[Image.Image]:
    """Return the pages, slides, sheets or layers of a file as pictures so wide."""
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        if path.suffix == ".gpkg":
            names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
            draw = ["/usr/bin/python3", "-c", DRAW_LAYERS, str(path), room, *names]
            subprocess.run(draw, check=True, capture_output=True)  # noqa: S603 - our own words
        else:
            pdf = path if path.suffix == ".pdf" else as_pdf(path, folder)
            draw = ["pdftoppm", "-png", "-scale-to-x", str(2 * wide), "-scale-to-y", "-1"]
            subprocess.run([*draw, str(pdf), f"{room}/page"], check=True)  # noqa: S603
        found = []
        for file in sorted(folder.glob("*.png")):
            with Image.open(file) as opened:
                page = opened.convert("RGB")
            small = page.resize((wide, round(page.height * wide / page.width)), Image.LANCZOS)
            if path.suffix == ".gpkg":
                ImageDraw.Draw(small).text((4, 4), file.stem[3:], fill="black")
            found.append(small)
        return found


def as_pdf(path: Path, folder: Path) -> Path:
    """Return a file of an office as PDF; of a workbook the first page of each sheet."""
    own = folder / path.name
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        for sheet in book:
            sheet.print_area, sheet.print_title_cols = "A1:H22", None
            sheet.page_setup.orientation = "landscape"
            sheet.sheet_properties.pageSetUpPr.fitToPage = True
            sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 1
        book.save(own)
    else:
        shutil.copyfile(path, own)
    made = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
            "--convert-to", "pdf", "--outdir", str(folder), str(own)]  # fmt: skip
    subprocess.run(made, check=True, capture_output=True)  # noqa: S603
    return own.with_suffix(".pdf")


def contact_sheet(pages: list[Image.Image], across: int) -> Image.Image:
    """Return pages in rows."""
    if not pages:
        return Image.new("RGB", (200, 60), "white")
    wide, high = (max(getattr(page, side) for page in pages) for side in ("width", "height"))
    rows = -(-len(pages) // across)
    sheet = Image.new("RGB", (min(across, len(pages)) * (wide + GAP), rows * (high + GAP)), GROUND)
    for n, page in enumerate(pages):
        sheet.paste(page, (n % across * (wide + GAP), n // across * (high + GAP)))
    return sheet


def beside(halves: list[Image.Image]) -> Image.Image:
    """Return two pictures beside each other with a line between."""
    left, right = halves
    both = Image.new("RGB", (left.width + right.width + 6 * GAP, max(left.height, right.height)),
                     "white")  # fmt: skip
    both.paste(left, (0, 0))
    both.paste(right, (left.width + 6 * GAP, 0))
    return both


def jpeg(picture: Image.Image, quality: int) -> bytes:
    """Return a picture as JPEG."""
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality, optimize=True)
    return stream.getvalue()


if __name__ == "__main__":
    main(*(Path(path) for path in sys.argv[1:4]))
