// All villages and all buildings as tables that sort; while a hand moves only the cells change.
import { app, follow, shown, villageName } from "./workbench_state.js";
import { basis, button, byId, difference, made, number, say } from "./workbench_words.js";

export function drawVillages(card) {
  const { villages } = app.study;
  const element = made("table", "", "villages", { "aria-labelledby": "h-villages" });
  byId("villages").append(element);
  const table = villageTable(element, {
    name: { title: say("village") },
    served: { title: say("bench_column_served"), show: (people) => number(people) },
    gain: { title: say("bench_column_gain"), show: (people) => difference(people) },
    share: { title: say("bench_column_share"), show: (share) => number(share, 0) },
    mean: { title: say("bench_column_mean"), show: (minutes) => (minutes === null ? "\u2013" : number(minutes, 1)) },
  }, villages, { by: "share", open: card });
  const fill = () => {
    const { base, now } = shown();
    table.fill((n) => {
      const [served, , , , , mean] = now.villages[n], { population } = villages[n];
      return { served, gain: served - base.villages[n][0], share: population ? (100 * served) / population : null, mean };
    });
  };
  follow("answer", fill);
  follow("state", () => { fill(); table.sort(); });
}

// The buildings of the ledger, best first, each with what a unit in it would gain.
export function drawBuildings(choose, light) {
  const body = made("tbody");
  const table = made("table");
  const head = made("thead"), titles = made("tr");
  for (const [text, kind] of [["#", ""], [say("building"), "name"], [say("bench_column_gain"), ""]]) {
    titles.append(made("th", text, kind, { scope: "col" }));
  }
  head.append(titles);
  table.append(head, body);
  byId("buildings").append(table);
  const known = new Map(app.study.buildings.map((one) => [one.id, one]));
  const rows = new Map();

  function rowOf(id) {
    if (!rows.has(id)) {
      const building = known.get(id);
      const line = made("tr");
      const name = made("th", "", "name", { scope: "row" });
      name.append(button(building.name, () => choose(id, true), "link"), made("br"),
        made("small", `${villageName(building.village)} `, "quiet"), basis(building.evidence));
      const cells = { rank: made("td"), gain: made("td") };
      line.append(cells.rank, name, cells.gain);
      line.addEventListener("mouseenter", () => light({ act: { unit: { unit_id: id } }, isOn: true }));
      line.addEventListener("mouseleave", () => light(null));
      rows.set(id, { line, cells });
    }
    return rows.get(id);
  }

  follow("answer", () => {
    const listed = shown().now.gains.filter((row) => row.rank !== null && known.has(row.id));
    const lines = listed.map((row) => {
      const kept = rowOf(row.id);
      if (kept.rank !== row.rank) { kept.cells.rank.textContent = String(row.rank); }
      if (kept.gain !== row.gain) { kept.cells.gain.replaceChildren(difference(row.gain)); }
      Object.assign(kept, { rank: row.rank, gain: row.gain });
      return kept.line;
    });
    if (lines.length !== body.children.length || lines.some((line, n) => body.children[n] !== line)) {
      const focused = document.activeElement;
      body.replaceChildren(...lines);
      if (body.contains(focused)) { focused.focus({ preventScroll: true }); }
    }
  });
}
