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
# # 3. Skenario: bangunan mana yang menjadi unit?
#
# Biaya dan sebagian besar bangunan **ilustratif**.

# %%
import batu_geo as bg

found = bg.compare(["baseline", "enam-unit", "tiga-terbaik", "anggaran"])
found

# %% [markdown]
# Anggaran dan jiwa terlayani: tiap titik rencana terbaik yang terbukti, atau tertulis belum.

# %%
found.budget[["budget_rupiah", "people_served", "status"]]

# %% [markdown]
# Bagaimana bila? Hasil yang disimpan di memori menjawab dalam puluhan milidetik.

# %%
study = bg.load_study()
today = bg.what_if(bg.assess(study, bg.load_scenario("baseline", study=study)))
opened = bg.add_unit(today, "ILU-35.79.01.2006-2")
opened.gaps()[["rank", "village_name", "people_beyond", "score"]]

# %%
closed = bg.close_unit(today, "UPKDK-35.79.03.2003")
closed.coverage()["served"].sum() - today.coverage()["served"].sum()

# %% [markdown]
# Rencana satu skenario, dengan buktinya:

# %%
plan = bg.solve_placement(bg.assess(study, bg.load_scenario("tiga-terbaik", study=study)))
plan.plan.status, plan.plan.proof, plan.plan.objective, plan.plan.site_ids

# %% [markdown]
# Model lokasi yang sama menerima waktu tempuh apa pun. Di sini dua dari enam desa tanpa unit, agar
# waktu semua titik penduduk ke unit terdekat sesingkat mungkin; rencananya tampil sebagai peta.

# %%
answer = bg.assess(study, bg.load_scenario("baseline", study=study))
roads = bg.Roads(study.roads, answer.scenario)
sites = answer.candidates.drop_duplicates("village_id")[["site_id", "geometry"]]
open_now = bg.units(study.facilities, answer.scenario.service, is_open=True)
demand = answer.demand.iloc[::20]
ends = {"roads": roads, "origins": demand, "mode": "foot", "origin_id": "demand_id"}
to_sites = bg.travel_times(**ends, destinations=sites, destination_id="site_id")
today = bg.travel_times(**ends, destinations=open_now, destination_id="facility_id")
problem = bg.LocationProblem.from_travel_times(to_sites, demand["population"], existing=today)
bg.solve_p_median(problem, 2)
