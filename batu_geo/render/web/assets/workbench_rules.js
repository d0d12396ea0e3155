// Rules of the computation: each control is a change like any other, and follows the state.
import { ask, tab } from "./workbench_client.js";
import { previews } from "./workbench_previews.js";
import { act, app, follow, refused, showPreview } from "./workbench_state.js";
import { byId, clock, made, number, say } from "./workbench_words.js";

const MILLION = 1e6;
const controls = [];
let seq = 0;
const live = previews(async (acts) => {
  seq += 1;
  try { return await ask("/api/preview", { tab: `${tab}r`, seq, acts }); } catch (error) { refused(error); return null; }
}, (answer) => { if (!answer.refused) { showPreview(answer); } });

// A control: an element, what it shows of a state, and the acts it stands for.
function keep(element, show, acts, { isLive = false } = {}) {
  controls.push(() => { if (document.activeElement !== element || !element.matches("[type=text], [type=number]")) { show(app.state.settings); } });
  element.addEventListener("change", () => {
    live.forget();
    if (!element.checkValidity()) { element.reportValidity(); show(app.state.settings); return; }
    act(...[acts()].flat());
  });
  if (isLive) { element.addEventListener("input", () => live.want([acts()].flat())); }
  return element;
}

function labelled(text, element, wide = false) {
  const label = made("label", "", wide ? "field wide" : "field");
  label.append(made("span", text), element);
  return label;
}

function select(options, show, acts) {
  const element = made("select");
  for (const { name, label } of options) { element.append(new Option(label, name)); }
  return keep(element, (settings) => { element.value = String(show(settings)); }, () => acts(element.value));
}

function slider(text, { min, max, step, show, acts, shown }) {
  const box = made("label", "", "field");
  const out = made("output");
  const element = made("input", "", "", { type: "range", min, max, step });
  const write = () => { out.textContent = shown(Number(element.value)); element.setAttribute("aria-valuetext", out.textContent); };
  element.addEventListener("input", write);
  keep(element, (settings) => { element.value = String(show(settings)); write(); },
    () => acts(Number(element.value)), { isLive: true });
  box.append(made("span", text), out, element);
  return box;
}

// A whole number, or nothing for no limit.
function limit(show, acts, { step = 1, scale = 1 } = {}) {
  const element = made("input", "", "", { type: "number", min: 0, max: app.study.limits.largest / scale, step, placeholder: say("bench_no_limit") });
  return keep(element, (settings) => {
    const value = show(settings);
    element.value = value === null || value === undefined ? "" : String(value / scale);
  }, () => acts(element.value === "" ? null : Math.round(Number(element.value) * scale)));
}

function fold(text, ...content) {
  const box = made("details", "", "fold");
  const inside = made("div");
  inside.append(...content);
  box.append(made("summary", text), inside);
  return box;
}

export function drawRules() {
  const { choices, limits } = app.study;
  const { need } = app.state.settings;
  const rules = byId("rules");
  const longest = Math.min(limits.threshold, 60);
  rules.append(
    slider(say("bench_threshold"), { min: 1, max: longest, step: 1, show: (s) => Math.min(longest, Math.round(s.threshold)),
      acts: (minutes) => ({ what: "set_threshold", minutes }), shown: (value) => say("explore_minutes", { minutes: number(value) }) }),
    labelled(say("bench_mode"), select(choices.modes, (s) => s.mode, (mode) => ({ what: "set_mode", mode })), true),
  );
  const pair = made("div", "", "pair");
  pair.append(
    labelled(say("bench_speeds"), select(choices.speedSets, (s) => s.speedSet, (set) => ({ what: "set_speeds", speed_set: set })), true),
    labelled(say("bench_season"), select(choices.seasons, (s) => s.season, (season) => ({ what: "set_season", season })), true));
  rules.append(pair, fold(say("bench_weights"), made("p", say("bench_weights_note"), "quiet"), ...need.map(weight)),
    fold(say("bench_hours"), hours()), fold(say("bench_money"), ...money()));
  follow("state", () => { for (const show of controls) { show(); } });
}

// A weight in whole hundredths; at 0 the criterion is shown and decides nothing.
function weight(criterion) {
  const now = (settings) => settings.need.find((one) => one.name === criterion.name) ?? criterion;
  return slider(criterion.label, { min: 0, max: 1, step: 0.05, show: (s) => now(s).weight,
    acts: (value) => {
      const { label, ...whole } = now(app.state.settings);
      return { what: "set_criterion", criterion: { ...whole, weight: value } };
    }, shown: (value) => number(value, 2) });
}

function hours() {
  const box = made("div", "", "pair");
  const all = Array.from({ length: 25 }, (_, hour) => ({ name: hour, label: clock(hour) }));
  const first = select(all.slice(0, 24), (s) => s.hours[0], () => ends());
  const last = select(all.slice(1), (s) => s.hours[1], () => ends());
  const ends = () => ({ what: "set_hours", first: Number(first.value), last: Math.max(Number(last.value), Number(first.value) + 1) });
  box.append(labelled(say("bench_from"), first, true), labelled(say("bench_until"), last, true));
  return box;
}

function money() {
  const siting = (settings) => settings.siting ?? {};
  const caps = app.study.choices.professions.filter(({ name }) => name !== "other");
  return [
    labelled(say("bench_budget"), limit((s) => siting(s).budget, (rupiah) => ({ what: "set_budget", rupiah }), { step: "any", scale: MILLION })),
    labelled(say("bench_capacity"), limit((s) => siting(s).capacity, (people) => ({ what: "set_capacity", people_per_unit: people || null }))),
    made("p", say("bench_caps_note"), "quiet"),
    ...caps.map(({ name, label }) => labelled(label, limit((s) => siting(s).staffCaps?.[name], (count) => ({ what: "set_staff_cap", profession: name, count })))),
  ];
}
