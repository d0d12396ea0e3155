// The answer: people within reach, what it costs, the list of changes, the order of need.
import { act, app, follow, shown, villageName } from "./workbench_state.js";
import { basis, button, byId, coded, difference, made, number, percent, redraw, rupiah, say } from "./workbench_words.js";

const PAYERS = ["city", "villageFund", "bok"];

export function drawResult({ light, go, card }) {
  follow("answer", () => { headline(); ranking(card); });
  follow("state", () => { changes(light, go); costs(); });
  follow("effects", () => changes(light, go));
}

function headline() {
  const { base, now, isPair } = shown();
  byId("served").textContent = number(now.served);
  byId("served-small").textContent = number(now.served);
  const share = now.population ? (100 * now.served) / now.population : null;
  const beside = made("span");
  beside.append(`${say("bench_of_people", { share: percent(share), people: number(now.population) })} `);
  if (now.served !== base.served || isPair) {
    beside.append(difference(now.served - base.served), ` ${say(isPair ? "bench_than_a" : "bench_than_start")}`);
  }
  byId("share").replaceChildren(beside);
  const away = [["unreachable", "lost_unreachable"], ["cutOff", "lost_cut_off"], ["notSnapped", "lost_not_snapped"]]
    .filter(([group]) => now.groups[group] > 0)
    .map(([group, key]) => say(key, { people: number(now.groups[group]) }));
  byId("lost").textContent = away.join(" \u00b7 ");
  const { city, unknown } = now.cost;
  byId("cost").replaceChildren(city || !unknown ? say("bench_city_cost", { rupiah: rupiah(city) }) : "",
    made("span", unknown ? ` ${say("bench_cost_unknown", { count: number(unknown) })}` : "", "quiet"));
  byId("cost").hidden = !city && !unknown;
}

// A line of the list: on or off, what it says, what it does by itself, and away with it.
function changes(light, go) {
  const list = app.state.changes;
  byId("no-changes").hidden = list.length > 0;
  redraw(byId("changes"), ...list.map((change) => {
    const row = made("li", "", change.isOn ? "" : "is-off");
    const tick = made("input", "", "", { type: "checkbox", "aria-label": say("bench_holds", { change: change.text }), "data-at": `on ${change.key}` });
    tick.checked = change.isOn;
    tick.addEventListener("change", () => act({ what: "switch", of: change.key, is_on: tick.checked }));
    const name = button(change.text, () => go(change), change.isOn ? "link" : "link off", { "data-at": `go ${change.key}` });
    const effect = made("span", "", "effect");
    const people = app.effects[change.key];
    if (change.isOn && people !== undefined) { effect.append(difference(people)); }
    const away = button("\u00d7", () => act({ what: "remove", of: change.key }), "", {
      "aria-label": say("bench_remove", { change: change.text }), "data-at": `away ${change.key}` });
    const text = made("div", "", "text");
    text.append(name);
    const cost = costOf(change.cost);
    if (cost) { text.append(made("small", cost, "quiet")); }
    const old = app.state.outdated.filter((one) => one.key === change.key).map((one) => one.message);
    for (const warning of [change.warning, ...old].filter(Boolean)) { text.append(made("small", warning, "warn")); }
    row.append(tick, text, effect, away);
    row.addEventListener("mouseenter", () => light(change));
    row.addEventListener("mouseleave", () => light(null));
    row.addEventListener("focusin", () => light(change));
    row.addEventListener("focusout", () => light(null));
    return row;
  }));
}

// What a change costs whom; nothing where it costs nothing of its own.
function costOf(cost) {
  if (!cost) { return ""; }
  const parts = PAYERS.filter((payer) => cost[payer])
    .map((payer) => `${say(`bench_payer_${payer}`)} ${rupiah(cost[payer])}`);
  return cost.unknown && !parts.length ? say("bench_no_cost") : parts.join(" \u00b7 ");
}

function ranking(card) {
  const { base, now } = shown();
  if (!now.ranking.length) { redraw(byId("ranking"), made("p", say("explore_none_left"), "quiet")); return; }
  const before = new Map(base.ranking.map((row) => [row.village, row.rank]));
  const table = made("table");
  const head = made("thead"), titles = made("tr");
  for (const [text, kind] of [["#", ""], [say("village"), "name"], [say("bench_score"), ""], [say("bench_beyond"), ""]]) {
    titles.append(made("th", text, kind, { scope: "col" }));
  }
  head.append(titles);
  const body = made("tbody");
  for (const row of now.ranking) {
    const line = made("tr");
    const rank = made("td");
    rank.append(made("span", String(row.rank), "rank"));
    const old = before.get(row.village);
    if (old && old !== row.rank) {
      rank.append(" ", made("span", old > row.rank ? "\u25b2" : "\u25bc", "quiet", { title: say("bench_was_rank", { rank: old }) }));
    }
    const name = made("th", "", "name", { scope: "row" });
    name.append(button(villageName(row.village), () => card(row.village), "link", { "data-at": `rank ${row.village}` }));
    line.append(rank, name, made("td", row.score === null ? say("no_data") : number(100 * row.score, 1)), made("td", number(row.beyond)));
    body.append(line);
  }
  table.append(head, body);
  redraw(byId("ranking"), table);
}

function costs() {
  const { cost, opened, roads } = app.state.answer;
  const table = made("table");
  const body = made("tbody");
  for (const payer of PAYERS) {
    const line = made("tr");
    line.append(made("th", say(`bench_payer_${payer}`), "name", { scope: "row" }), made("td", rupiah(cost[payer])),
      made("td", say("bench_a_year", { rupiah: rupiah(cost[`${payer}Yearly`]) })));
    body.append(line);
  }
  table.append(body);
  const note = cost.unknown ? [made("p", say("bench_cost_unknown", { count: number(cost.unknown) }), "warn")] : [];
  const each = made("ul", "", "quiet");
  for (const one of opened) { each.append(made("li", `${one.name || one.id}: ${rupiah(one.city)}`)); }
  for (const one of roads) { each.append(made("li", `${one.name}: ${number(one.metres)} m, ${rupiah(one.city)}`)); }
  redraw(byId("costs"), table, ...note, each);
}

// Inputs that each group of numbers rests on; speeds and how homes are spread are assumed in all.
const RESTS_ON = {
  served: ["population", "villages", "facilities", "roads"],
  ranking: ["population", "villages", "facilities", "roads", "indicators"],
  villages: ["population", "villages", "facilities", "roads"],
  buildings: ["population", "facilities", "roads", "buildings"],
  costs: ["costs", "buildings"],
};
const WEAKEST_LAST = ["reported", "estimated", "inferred", "assumed", "illustrative"];

// The weakest evidence of what a number rests on stands beside it, and opens all of it.
function markEvidence() {
  for (const place of document.querySelectorAll("[data-rests-on]")) {
    const tables = RESTS_ON[place.dataset.restsOn];
    const kinds = app.study.inputs.filter((one) => tables.includes(one.table)).map((one) => one.evidence);
    if (place.dataset.restsOn !== "costs") { kinds.push("assumed"); }
    const weakest = kinds.sort((a, b) => WEAKEST_LAST.indexOf(b) - WEAKEST_LAST.indexOf(a))[0];
    if (!weakest) { continue; }
    const mark = button(coded("evidence", weakest), () => openEvidence(tables), `basis ${weakest}`, {
      "aria-label": say("bench_evidence_of", { evidence: coded("evidence", weakest) }) });
    place.append(" ", mark);
  }
}

function openEvidence(tables) {
  byId("evidence-card").open = true;
  for (const row of byId("evidence").querySelectorAll("li")) { row.classList.toggle("rests", tables.includes(row.dataset.table)); }
  byId("evidence-card").scrollIntoView({ block: "start" });
  byId("evidence-card").firstElementChild.focus();
}

// What the numbers rest on: every input with its source and kind of evidence, and the settings.
export function drawEvidence() {
  markEvidence();
  const list = made("ul", "", "inputs");
  for (const input of app.study.inputs) {
    const row = made("li", "", "", { "data-table": input.table });
    row.append(made("b", input.label), " ", basis(input.evidence), made("div", `${input.origin} (${input.date})`, "quiet"));
    list.append(row);
  }
  const settings = made("p", "", "quiet");
  byId("evidence").replaceChildren(settings, list);
  follow("state", () => {
    const { threshold, mode, speedSet, season } = app.state.settings;
    const { modes, speedSets, seasons } = app.study.choices;
    const label = (rows, name) => rows.find((one) => one.name === name)?.label ?? name;
    settings.textContent = say("bench_settings_now", { minutes: number(threshold, threshold % 1 ? 1 : 0), mode: label(modes, mode),
      speeds: label(speedSets, speedSet), season: label(seasons, season) });
  });
}
