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
# # 2. Kesenjangan: siapa yang belum terjangkau?
#
# Dari waktu tempuh ke peringkat desa. Jaringan jalan **ilustratif**.

# %%
import batu_geo as bg

study = bg.load_study()
scenario = bg.load_scenario("baseline", study=study)
units = bg.units(study.facilities, scenario.service, is_open=True)
homes = bg.demand_points(study.villages, study.roads, settings=scenario.demand)
times = bg.travel_times(
    bg.Roads(study.roads, scenario), origins=homes, destinations=units, mode="foot",
    origin_id="demand_id", destination_id="facility_id",
)  # fmt: skip
covered = bg.coverage(times, homes, threshold_minutes=15)
covered.groupby("group")["population"].sum()

# %% [markdown]
# Seluruh rangkaian, dengan ketahanan peringkat, bangunan dan peta, adalah satu perintah.

# %%
run = bg.plan()
run

# %%
run.table("four_coverages")[
    ["word", "mode", "threshold_minutes", "value", "of", "percent", "evidence"]
]

# %% [markdown]
# Mengapa Tlekung di peringkat itu, dan apa yang paling mengubahnya?

# %%
tlekung = bg.explain("Tlekung")
[(row["name"], round(row["contribution"], 3)) for row in tlekung["criteria"]]

# %%
[(row["change"], row["by"], row["rank"]) for row in tlekung["changes"][:5]]

# %%
run.map

# %% [markdown]
# Gambar yang sama untuk dokumen, dengan matplotlib:

# %%
ax = run.plot()
