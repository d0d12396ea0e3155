// All villages and all buildings as tables that sort; while a hand moves only the cells change.
import { app, follow, shown, villageName } from "./workbench_state.js";
import { basis, button, byId, difference, made, number, say } from "./workbench_words.js";

const HEADS = {
  name: { text: "village", of: (row) => row.name },
  served: { text: "bench_column_served", of: (row) => row.served },
  gain: { text: "bench_column_gain", of: (row) => row.gain },
  share: { text: "bench_column_share", of: (row) => row.share },
  mean: { text: "bench_column_mean", of: (row) => row.mean ?? Infinity },
};

export function drawVillages(card) {
  const order = { by: "share", isUp: true };
  const table = made("table", "", "", { "aria-labelledby": "h-villages" });
  const head = made("thead"), titles = made("tr"), body = made("tbody");
  for (const [name, { text }] of Object.entries(HEADS)) {
    const cell = made("th", "", name === "name" ? "name" : "", { scope: "col", "data-name": name });
    cell.append(button(say(text), () => {
      order.isUp = order.by === name ? !order.isUp : name === "name" || name === "share";
      order.by = name;
      sort();
    }));
    titles.append(cell);
  }
  head.append(titles);
  table.append(head, body);
  byId("villages").append(table);

  const rows = app.study.villages.map((village, n) => {
    const line = made("tr");
    const name = made("th", "", "name", { scope: "row" });
    name.append(button(village.name, () => card(n), "link"));
    const cells = { served: made("td"), gain: made("td"), share: made("td"), mean: made("td") };
    line.append(name, ...Object.values(cells));
    body.append(line);
    return { n, name: village.name, population: village.population, line, cells };
  });

  function fill() {
    const { base, now } = shown();
    for (const row of rows) {
      const [served, , , , , mean] = now.villages[row.n];
      const gain = served - base.villages[row.n][0];
      const share = row.population ? (100 * served) / row.population : null;
      if (row.served === served && row.gain === gain && row.mean === mean) { continue; }
      Object.assign(row, { served, gain, share, mean });
      row.cells.served.textContent = number(served);
      row.cells.gain.replaceChildren(difference(gain));
      row.cells.share.textContent = share === null ? say("no_data") : number(share, 0);
      row.cells.mean.textContent = mean === null ? "\u2013" : number(mean, 1);
    }
  }

  function sort() {
    fill();
    const { of } = HEADS[order.by], way = order.isUp ? 1 : -1;
    for (const cell of titles.children) {
      if (cell.dataset.name === order.by) { cell.setAttribute("aria-sort", order.isUp ? "ascending" : "descending"); }
      else { cell.removeAttribute("aria-sort"); }
    }
    const sorted = [...rows].sort((a, b) => {
      const [one, two] = [of(a), of(b)];
      return way * (typeof one === "string" ? one.localeCompare(two) : one - two) || a.n - b.n;
    });
    if (sorted.some((row, n) => body.children[n] !== row.line)) {
      const focused = document.activeElement;
      body.append(...sorted.map((row) => row.line));
      if (body.contains(focused)) { focused.focus({ preventScroll: true }); }
    }
  }

  follow("answer", fill);
  follow("state", sort);
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
      const { line, cells } = rowOf(row.id);
      cells.rank.textContent = String(row.rank);
      cells.gain.replaceChildren(difference(row.gain));
      return line;
    });
    if (lines.length !== body.children.length || lines.some((line, n) => body.children[n] !== line)) {
      const focused = document.activeElement;
      body.replaceChildren(...lines);
      if (body.contains(focused)) { focused.focus({ preventScroll: true }); }
    }
  });
}
