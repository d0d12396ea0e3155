# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   language_info:
#     name: python
# ---

# %% [markdown]
# # 4. Data sendiri
#
# Salin studi bawaan, ganti satu berkas, jalankan. Di sini: UPKDK Torongrejo buka lagi lebih awal.

# %%
import shutil
import tempfile
from pathlib import Path

import batu_geo as bg

folder = Path(tempfile.mkdtemp()) / "studi-saya"
shutil.copytree(bg.load_study().folder, folder)
sorted(path.name for path in folder.iterdir())

# %%
path = folder / "facilities.geojson"
text = path.read_text(encoding="utf-8")
path.write_text(text.replace("2026-01-31", "2025-12-15"), encoding="utf-8")
run = bg.plan(data=folder, out=folder / "hasil")
run

# %% [markdown]
# Tanpa studi pun bisa: jalan dari OSMnx, NetworkX atau berkas, dan titik dengan sistem koordinat
# apa pun.

# %%
roads = bg.load_roads(folder / "roads" / "jalan_ilustratif.osm.pbf")
units = bg.load_study().facilities.query("kind == 'UPKDK'").to_crs("EPSG:4326")
areas = bg.isochrones(roads, units, minutes=[5, 10, 15], mode="motorcycle", is_joint=True)
bg.show({"Jalan": roads.lines(), "Isokron": areas, "UPKDK": units}, title="Dalam 5, 10, 15 menit")

# %% [markdown]
# Masukan mana yang menggeser desa mana, dibanding studi bawaan:

# %%
bg.compare(against=folder).effects[["difference", "village_name", "minutes_more", "served_more"]]

# %% [markdown]
# Yang salah dikatakan dalam satu baris tiap kesalahan, dan tidak ada yang ditulis:

# %%
people = folder / "population.csv"
people.write_text(
    people.read_text(encoding="utf-8").replace("18068", "delapan belas ribu"), encoding="utf-8"
)

# %%
try:
    bg.load_study(folder)
except bg.BatuGeoError as error:
    print(error)
