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
# # 1. Data: apa yang masuk, dan seberapa pasti
#
# Studi bawaan memuat 24 desa/kelurahan Kota Batu. Jaringan jalan, sebagian besar bangunan,
# petugas dan biaya **ilustratif**: angka di sini memperlihatkan alatnya, bukan kotanya.

# %%
import pandas as pd

import batu_geo as bg

study = bg.load_study()
pd.DataFrame(study.inputs).T[["path", "evidence", "date", "origin"]]

# %% [markdown]
# Setiap baris membawa kepastiannya sendiri. Desa mana yang punya UPKDK, menurut siapa?

# %%
study.villages[["village_name", "district_name", "population", "unit_evidence"]].head(8)

# %%
study.facilities.groupby(["kind", "status"]).size()

# %% [markdown]
# Yang patut diketahui tentang data, bukan kesalahan:

# %%
[notice.line("id") for notice in study.notices]

# %% [markdown]
# Penduduk disebar di sepanjang jalan berpenghuni; jumlah tiap desa tetap sampai ke orangnya.

# %%
scenario = bg.load_scenario("baseline", study=study)
homes = bg.demand_points(study.villages, study.roads, settings=scenario.demand)
len(homes), homes["population"].sum()

# %% [markdown]
# ## Lima baris dengan data sendiri
#
# Sebuah graf dari OSMnx dan dua tabel titik sudah cukup, tanpa studi. `G` biasanya dari
# `osmnx.graph_from_place(...)`; di sini, agar tanpa jaringan, dari jalan studi. Kedua tabel boleh
# memakai sistem koordinat apa pun; `homes` dari atas adalah titik dengan jumlah penduduk. Studi
# juga memperhitungkan ketinggian, graf tidak, maka jumlahnya sedikit lain dari buku berikutnya.
# Satu titik lebih dari 500 m dari jalan; peringatan `BG-477` menyebutnya.

# %%
G = bg.load_roads(study.folder / "roads" / "jalan_ilustratif.osm.pbf").to_networkx("foot")
units = bg.units(study.facilities, scenario.service, is_open=True).to_crs("EPSG:4326")

# %%
roads = bg.roads_from_graph(G)
areas = bg.isochrones(roads, units, minutes=[5, 10, 15], mode="foot", is_joint=True)
near = bg.served(roads, homes=homes, facilities=units, minutes=15, mode="foot")
reached = int(near.loc[near["is_served"], "population"].sum())
bg.show({"Jangkauan": areas, "UPKDK": units}, title=f"{reached} jiwa dalam 15 menit")

# %% [markdown]
# Setiap hasil juga menggambar dirinya sendiri dengan `.plot()`:

# %%
ax = roads.plot(color="#dddddd")
times = bg.travel_times(roads, origins=homes, destinations=units, mode="foot")
ax = times.plot(ax=ax)
