// Cards: a unit, a building, a village, a home. Each says what can be done and why it is so.
import { Stopped, ask } from "./workbench_client.js";
import { act, app, follow, refused, shown, units, villageName } from "./workbench_state.js";
import { everyUnit, unitLabel } from "./workbench_map.js";
import { basis, button, byId, coded, made, number, percent, rupiah, say } from "./workbench_words.js";

let open = null;
let cameFrom = null;

function show(title, content, { focus = false, again = null } = {}) {
  const box = byId("detail");
  box.replaceChildren(cardHead(title, say("bench_close_card"), close), ...content);
  box.hidden = false;
  open = again;
  document.body.dataset.sheet = document.body.dataset.sheet ? "result" : document.body.dataset.sheet;
  if (focus) { (box.querySelector("button:not(.small)") ?? box).focus(); }
  box.scrollIntoView({ block: "nearest" });
}

export function close() {
  const from = byId("detail").contains(document.activeElement) ? cameFrom : null;
  byId("detail").hidden = true;
  open = null;
  from?.focus?.();
}

// A unit or building was chosen on the map or in a list.
export function choose(id, focus) {
  cameFrom = document.activeElement;
  const building = app.study.buildings.find((one) => one.id === id);
  if (building) { buildingCard(building, focus); return; }
  const unit = everyUnit().find((one) => one.id === id);
  if (unit) { unitCard(unit, focus); }
}

const statusOf = (isOpen) => {
  const statuses = app.study.choices.statuses;
  if (isOpen) { return statuses.find((one) => one.isOpen).name; }
  return (statuses.find((one) => one.name === "temporarily_closed") ?? statuses.find((one) => !one.isOpen)).name;
};

function unitCard(unit, focus) {
  const change = (key) => app.state.changes.find((one) => one.key === key);
  const actions = made("div", "", "buttons");
  if (unit.isUnit && unit.isNew) {
    actions.append(button(say("bench_take_away"), () => { act({ what: "remove", of: `unit:${unit.id}` }); close(); }));
  } else if (unit.isUnit) {
    actions.append(button(say(unit.isOpen ? "bench_close_unit" : "bench_open_again"),
      () => act({ what: "set_status", unit_id: unit.id, status: statusOf(!unit.isOpen) })));
  } else if (["PUSTU", "POLINDES", "POSKESDES", "PONKESDES"].includes(unit.kind)) {
    actions.append(button(say("bench_upgrade"), () => act({ what: "upgrade_unit", facility_id: unit.id })));
  }
  if (change(`place:${unit.id}`)) {
    actions.append(button(say("bench_put_back"), () => act({ what: "remove", of: `place:${unit.id}` })));
  }
  const rows = [[say("village"), unit.village === null ? say("bench_outside") : villageName(unit.village)]];
  if (unit.join?.metres !== undefined && unit.join?.metres !== null) { rows.push([say("bench_to_road"), `${number(unit.join.metres)} m`]); }
  if (unit.kindLabel) { rows.push([say("bench_kind"), unit.kindLabel]); }
  if (unit.evidence) { rows.push([say("bench_evidence_of_unit"), basis(unit.evidence)]); }
  if (unit.positionEvidence) { rows.push([say("bench_evidence_of_place"), basis(unit.isMoved ? "assumed" : unit.positionEvidence)]); }
  const notes = [];
  if (unit.join && !unit.join.isJoined) { notes.push(made("p", say("bench_not_joined"), "warn")); }
  if (unit.isUnit) { notes.push(made("p", say("bench_arrows"), "quiet")); }
  if (unit.note) { notes.push(made("p", unit.note, "quiet")); }
  show(unitLabel(unit), [cardFacts(rows), ...notes, actions], { focus, again: () => choose(unit.id, false) });
}

function buildingCard(building, focus) {
  const isOpen = units().some((unit) => unit.id === building.id && unit.isOpen);
  const gain = shown().now.gains.find((row) => row.id === building.id) ?? building.lastGain;
  const actions = made("div", "", "buttons");
  if (isOpen) {
    actions.append(button(say("bench_take_away"), () => act({ what: "remove", of: `unit:${building.id}` })));
  } else {
    actions.append(button(say("bench_open_here"), () => act({ what: "open_unit", unit: { unit_id: building.id, source: say("bench_source") } }), "primary"));
  }
  const rows = [
    [say("village"), villageName(building.village)],
    [say("bench_would_gain"), gain ? `${number(gain.gain)} ${say("people")}` : say("no_data")],
    [say("bench_fitness"), gain ? coded("suitability", gain.suitability) : say("no_data")],
    [say("bench_condition"), building.conditionLabel],
    [say("bench_payer_city"), rupiah(building.costs?.city)],
    [say("bench_payer_villageFund"), rupiah(building.costs?.villageFund)],
    [say("bench_payer_bok"), rupiah(building.costs?.bok)],
    [say("bench_evidence"), basis(building.evidence)],
  ];
  const notes = building.note ? [made("p", building.note, "quiet")] : [];
  show(building.name, [cardFacts(rows), ...notes, actions], { focus, again: () => choose(building.id, false) });
}

export async function villageCard(index, { map = null } = {}) {
  cameFrom = document.activeElement;
  const village = app.study.villages[index];
  if (map) { map(village.bounds); }
  const row = shown().now.villages[index];
  const base = shown().base.villages[index];
  const head = cardFacts([
    [say("population"), number(village.population)],
    [say("bench_column_served"), `${number(row[0])} (${percent(village.population ? (100 * row[0]) / village.population : null)})`],
    [say("bench_at_start"), number(base[0])],
    [say("bench_column_mean"), row[5] === null ? say("no_data") : number(row[5], 1)],
  ]);
  show(village.name, [head, made("p", say("bench_asking"), "quiet")], { again: () => villageCard(index) });
  try {
    const found = await ask("/api/village", { village: index });
    const lines = made("ul");
    for (const line of found.lines) { lines.append(made("li", line)); }
    show(village.name, [head, lines, criteria(found.criteria)], { again: () => villageCard(index) });
  } catch (error) { failed(error, head); }
}

function criteria(rows) {
  const heads = ["bench_criterion", "bench_value", "bench_weight", "bench_part"].map((key) => say(key));
  return rows?.length ? cardTable(heads, rows.map((row) => [
    row.label, row.value === null ? say("no_data") : number(row.value, row.digits), number(row.weight, 2),
    row.contribution === null ? say("no_data") : number(100 * row.contribution, 1),
  ])) : made("p", say("bench_has_unit"), "quiet");
}

// Why it is so for a home: the way to its unit, or what is in the way.
export async function why(place, mark) {
  try {
    const found = await ask("/api/why", { lon: place.lng, lat: place.lat });
    if (!found.home) { return; }
    const lines = made("ul");
    for (const line of found.lines) { lines.append(made("li", line)); }
    const rows = [
      [say("village"), villageName(found.home.village)],
      [say("bench_people_here"), number(found.home.people)],
      [say("bench_nearest"), found.unit ? found.unit.name || found.unit.id : say("no_data")],
      [say("bench_minutes"), found.minutes === null ? say("infinite") : number(found.minutes, 1)],
    ];
    if (found.metres !== null && found.metres !== undefined) { rows.push([say("bench_along"), `${number(found.metres)} m`]); }
    mark(found);
    show(say("bench_why"), [cardFacts(rows), lines], { again: () => why(place, mark) });
  } catch (error) {
    if (error instanceof Stopped) { refused(error); }
  }
}

function failed(error, head) {
  if (error instanceof Stopped) { refused(error); return; }
  byId("detail").append(head, made("p", error.message, "warn"));
}

// A card that is open follows the numbers, and the keyboard stays on the button it was on.
export function keepCards() {
  follow("state", () => {
    if (!open) { return; }
    const buttons = [...byId("detail").querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    open();
    if (at >= 0) { byId("detail").querySelectorAll("button")[at]?.focus({ preventScroll: true }); }
  });
}
