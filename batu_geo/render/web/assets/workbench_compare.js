// A | B: two states beside each other on the map and in every table; names for states.
import { Stopped, ask } from "./workbench_client.js";
import { announce, app, commit, follow, refused } from "./workbench_state.js";
import { button, byId, made, number, redraw, say } from "./workbench_words.js";

const which = { a: "start", b: "now" };
let scenarios = [];

export function drawCompare() {
  byId("compare").addEventListener("click", () => toggle());
  follow("state", () => { if (app.pair) { refresh(); panel(); } });
}

export async function toggle(isOn = !app.pair) {
  byId("compare").setAttribute("aria-expanded", String(isOn));
  byId("snapshots").hidden = !isOn;
  document.body.dataset.pair = isOn ? "yes" : "";
  if (!isOn) { app.pair = null; announce("answer", "legend"); return; }
  try { scenarios = (await ask("/api/scenarios")).study; } catch (error) { if (error instanceof Stopped) { refused(error); return; } }
  await refresh();
  panel();
  byId("snapshots").scrollIntoView({ block: "nearest" });
}

const asked = (code) => {
  const [kind, ...name] = code.split(":");
  return name.length ? { is: kind, name: name.join(":") } : { is: kind };
};

async function refresh() {
  try {
    const { a, b, sameHomes } = await ask("/api/compare", { a: asked(which.a), b: asked(which.b) });
    if (sameHomes === false) { b.homes = a.homes; }
    app.pair = { a, b, isNow: which.b === "now" };
    announce("answer", "legend");
  } catch (error) { refused(error); }
}

function chooser(side) {
  const label = made("label", "", "field wide");
  const select = made("select", "", "", { "data-at": side });
  const options = [["start", say("bench_is_start")], ["now", say("bench_is_now")],
    ...app.state.snapshots.map(({ name }) => [`snapshot:${name}`, name]),
    ...scenarios.map(({ name, title }) => [`scenario:${name}`, title || name])];
  for (const [value, text] of options) { select.append(new Option(text, value, false, value === which[side])); }
  select.addEventListener("change", () => { which[side] = select.value; refresh().then(panel); });
  label.append(made("span", say(side === "a" ? "bench_side_a" : "bench_side_b")), select);
  return label;
}

function panel() {
  const pair = made("div", "", "pair");
  pair.append(chooser("a"), chooser("b"));
  const numbers = made("p");
  if (app.pair) {
    numbers.textContent = say("bench_pair", { a: number(app.pair.a.served), b: number((app.pair.isNow ? app.state.answer : app.pair.b).served) });
  }
  const list = made("ul", "", "key");
  for (const { name } of app.state.snapshots) {
    const row = made("li");
    row.append(button(say("bench_back_to", { name }), () => commit({ do: "snapshot", name }), "small", { "data-at": `to ${name}` }),
      button("\u00d7", () => keep(name, true), "small", { "aria-label": say("bench_forget", { name }) }));
    list.append(row);
  }
  const name = made("input", "", "", { type: "text", maxlength: 40, placeholder: say("bench_name_example"), "aria-label": say("bench_snapshot_name") });
  const row = made("div", "", "buttons");
  row.append(button(say("bench_keep_state"), () => keep(name.value.trim() || freeName(), false), "", { "data-at": "keep" }));
  const field = made("div", "", "field wide");
  field.append(name);
  redraw(byId("ab-panel"), pair, numbers, list, field, row);
}

const freeName = () => {
  const taken = new Set(app.state.snapshots.map((one) => one.name));
  return [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].find((letter) => !taken.has(letter)) ?? `S${taken.size + 1}`;
};

async function keep(name, remove) {
  try {
    const { snapshots } = await ask("/api/snapshot", { name, remove });
    app.state.snapshots = snapshots;
    if (remove) { for (const side of ["a", "b"]) { if (which[side] === `snapshot:${name}`) { which[side] = side === "a" ? "start" : "now"; } } }
    await refresh();
    panel();
  } catch (error) { refused(error); }
}
