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
# # Pandangan pertama: siapa yang belum terjangkau?
#
# Sepuluh baris dari data ke jawaban. Jaringan jalan dan sebagian besar bangunan
# di studi bawaan **ilustratif**: angka di bawah memperlihatkan alatnya, bukan Kota Batu.

# %%
import batu_geo as bg

study = bg.load_study()
scenario = study.scenario("baseline")
units = bg.units(study.facilities, scenario.service, is_open=True)
homes = bg.demand_points(study.villages, study.roads, settings=scenario.demand)

# %%
foot = bg.mode_graph(study.roads, scenario, mode="foot", facilities=units)
times = bg.travel_times(
    foot, origins=homes, destinations=units, refuse_m=scenario.snapping.refuse_m
)
covered = bg.coverage(times, homes, threshold_minutes=15)
covered.groupby("group")["population"].sum()

# %% [markdown]
# Seluruh rangkaian, dengan peringkat desa, peringkat bangunan dan peta, adalah satu perintah:

# %%
run = bg.plan(out="../outputs")
run.gaps[["rank", "village_name", "people_beyond", "mean_minutes", "score", "best_site_name"]]

# %%
run.map
