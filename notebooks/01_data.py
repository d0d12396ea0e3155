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
