// The page of `batu-geo open`: it holds no numbers of its own and shows what the program answers.
import { Refused, ask, listen, shareKey } from "./workbench_client.js";
import { choose, keepCards, villageCard, why } from "./workbench_cards.js";
import { drawCompare } from "./workbench_compare.js";
import { drawFiles, saidBefore } from "./workbench_files.js";
import { drawFind } from "./workbench_find.js";
import { first } from "./workbench_first.js";
import { theHand } from "./workbench_hand.js";
import { jobEvent } from "./workbench_jobs.js";
import { drawLayers } from "./workbench_layers.js";
import { benchMap, openedHomes, placeOf, showLegend, stretches } from "./workbench_map.js";
import { drawEvidence, drawResult } from "./workbench_result.js";
import { drawRest } from "./workbench_rest.js";
import { drawRules } from "./workbench_rules.js";
import { drawScenario } from "./workbench_scenario.js";
import { app, announce, catchUp, follow, stopped, take } from "./workbench_state.js";
import { drawBuildings, drawVillages } from "./workbench_tables.js";
import { byId, looks, say, toast } from "./workbench_words.js";

const isPhone = () => window.matchMedia("(max-width: 820px)").matches;

function sheets() {
  const buttons = [...document.querySelectorAll(".tabs button")];
  const open = (name) => {
    document.body.dataset.sheet = name;
    for (const one of buttons) { one.setAttribute("aria-pressed", String(one.dataset.sheet === name)); }
  };
  for (const one of buttons) {
    one.addEventListener("click", () => open(document.body.dataset.sheet === one.dataset.sheet ? "" : one.dataset.sheet));
  }
  return open;
}

function takeEvents() {
  listen(({ kind, data }) => {
    if (kind === "state") { catchUp(data); }
    if (kind === "job") { jobEvent(data); }
    if (kind === "file") { toast(say("bench_file_changed", { name: data.name }), { stays: true }); }
    if (kind === "lost") { stopped(); }
  });
}

// Streets that are closed in a file that was opened: their lines are asked for once.
async function findStretches(redrawn) {
  for (const { act } of app.state.changes) {
    const at = act.closure?.at;
    if (!at || stretches.has(String(at))) { continue; }
    stretches.set(String(at), null);
    try {
      const { shape } = await ask("/api/street", { lon: at[0], lat: at[1] });
      stretches.set(String(at), shape);
      redrawn();
    } catch { /* the point itself is drawn */ }
  }
}

async function begin() {
  if (!first) { noKey(); return; }
  const [study, state] = await first;
  await openedHomes(study);
  app.study = study;
  app.state = state;
  app.start = state.start ?? state.answer;
  byId("strip").textContent = study.banner;
  byId("strip").hidden = !study.banner;
  const openSheet = sheets();
  const mark = (found) => {
    bench.lit.clearLayers();
    L.circleMarker([found.home.lat, found.home.lon], { pane: "extra", radius: 8, color: looks.new, weight: 3, fill: false, interactive: false }).addTo(bench.lit);
    if (isPhone()) { openSheet("result"); }
  };
  const pick = (id, focus) => { choose(id, focus); if (isPhone()) { openSheet("result"); } };
  const hand = theHand({ choose: pick, whyAt: (place) => why(place, mark) });
  if (isPhone()) { document.querySelector(".legend").open = false; }
  const bench = benchMap(hand);
  const go = (change) => {
    const bounds = placeOf(change);
    if (bounds) { bench.fit(bounds.pad(0.5)); }
    bench.light(change);
  };
  const card = (index) => villageCard(index, { map: (bounds) => bench.fit(bounds) });
  const lightBuildings = (ids) => { for (const [id, one] of bench.marks) { one.marker.getElement()?.classList.toggle("lit", ids.includes(id)); } };
  drawScenario();
  drawRules();
  drawFind({ lightBuildings });
  drawRest();
  drawLayers(bench);
  drawFiles();
  drawResult({ light: bench.light, go, card });
  drawVillages(card);
  drawBuildings(pick, bench.light);
  drawEvidence();
  drawCompare();
  keepCards();
  hand.begin(bench);
  hand.drawTools();
  follow("legend", showLegend);
  follow("state", showLegend);
  follow("state", () => findStretches(() => announce("units")));
  take(state);
  byId("loading").hidden = true;
  document.body.dataset.state = "ready";
  document.body.dataset.revision = String(state.revision);
  takeEvents();
  saidBefore();
}

function noKey() {
  document.body.dataset.state = "stopped";
  byId("loading").hidden = true;
  byId("stopped").hidden = false;
  byId("stopped").textContent = say("bench_no_key");
}

shareKey();
begin().catch((error) => {
  if (error instanceof Refused && error.status === 401) { noKey(); return; }
  byId("loading").textContent = error instanceof Refused ? error.message : say("bench_stopped");
  document.body.dataset.state = "stopped";
  if (!(error instanceof Refused)) { setTimeout(() => location.reload(), 3000); }
});
