// Scenarios are files: open, save, save as; and what is made of a state for others.
import { Refused, ask, download } from "./workbench_client.js";
import { app, commit, follow, refused, take } from "./workbench_state.js";
import { job, messageOf } from "./workbench_jobs.js";
import { button, byId, made, number, say, toast } from "./workbench_words.js";

const LARGEST = 1e6;

export function drawScenario() {
  follow("state", () => {
    const { scenario, undo, redo, changes } = app.state;
    byId("undo").disabled = !undo;
    byId("redo").disabled = !redo;
    byId("clear").disabled = !changes.length;
    byId("scenario-name").textContent = scenario.title || scenario.file || scenario.name;
    byId("saved").textContent = scenario.isSaved ? say("bench_saved") : say("bench_kept");
    document.title = `${scenario.isSaved ? "" : "\u2022 "}${say("bench_title")} \u00b7 ${app.study.title}`;
  });
  byId("study-name").textContent = app.study.title;
  const press = (id, run) => byId(id).addEventListener("click", () => { byId(id).closest("details")?.removeAttribute("open"); run(); });
  press("undo", () => commit({ do: "undo" }));
  press("redo", () => commit({ do: "redo" }));
  press("clear", () => commit({ do: "clear" }));
  press("open-scenario", openDialog);
  press("scenario-name", openDialog);
  press("save", () => (app.state.scenario.file ? save({}) : saveDialog()));
  press("save-as", saveDialog);
  press("make-pack", () => output("/api/pack", "bench_make_pack"));
  press("make-pack-too", () => output("/api/pack", "bench_make_pack"));
  press("show-log", showLog);
  press("take-file", () => download("/api/scenario.toml", `${app.state.scenario.file || app.state.scenario.name}.toml`).catch(refused));
  press("make-run", () => output("/api/run", "bench_save_results"));
  press("make-map", () => output("/api/explorer", "bench_offline_map"));
  document.addEventListener("keydown", shortcuts);
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) { menu.open = false; }
    }
  });
}

// The steps one after the other: when, what, and how many people before and after.
async function showLog() {
  let found = null;
  try { found = await ask("/api/log"); } catch (error) { refused(error); return; }
  const table = made("table"), body = made("tbody");
  for (const { time, text, before, after } of found.lines.slice(-200).reverse()) {
    const row = made("tr");
    row.append(made("td", time.slice(0, 16).replace("T", " ")), made("th", text, "", { scope: "row" }),
      made("td", `${number(before)} \u2192 ${number(after)}`));
    body.append(row);
  }
  table.append(body);
  const buttons = made("div", "", "buttons");
  buttons.append(button(say("bench_dismiss"), closeDialog));
  dialog(say("bench_log"), found.lines.length ? table : made("p", say("bench_none"), "quiet"), buttons);
}

function shortcuts(event) {
  if (event.key === "Escape") { for (const menu of document.querySelectorAll("details.menu[open]")) { menu.open = false; menu.firstElementChild.focus(); } }
  if (!(event.ctrlKey || event.metaKey) || event.altKey) { return; }
  const letter = event.key.toLowerCase();
  const isText = event.target.matches?.("input[type=text], input[type=number]");
  const runs = {
    z: () => (isText ? false : commit({ do: event.shiftKey ? "redo" : "undo" })),
    y: () => (isText ? false : commit({ do: "redo" })),
    s: () => (app.state.scenario.file ? save({}) : saveDialog()),
  };
  if (runs[letter] && runs[letter]() !== false) { event.preventDefault(); }
}

export function dialog(title, ...content) {
  const box = byId("dialog");
  box.replaceChildren(made("h2", title, "", { id: "dialog-title" }), ...content);
  if (!box.open) { box.showModal(); }
  return box;
}
export const closeDialog = () => byId("dialog").close();

async function openDialog() {
  let found = null;
  try { found = await ask("/api/scenarios"); } catch (error) { refused(error); return; }
  const section = (text, rows) => {
    const box = made("div");
    const list = made("ul", "", "choices");
    for (const row of rows) { const line = made("li"); line.append(row); list.append(line); }
    box.append(made("h3", text), rows.length ? list : made("p", say("bench_none"), "quiet"));
    return box;
  };
  // Two of one title are told apart by the names of their files.
  const called = ({ name, title }) => (found.study.filter((one) => one.title === title).length > 1 ? `${title} (${name})` : title);
  const study = found.study.map(({ name, title }) => button(called({ name, title }), () => opened({ scenario: name }), "link"));
  const recent = found.recent.map(({ id, name, when }) => {
    const one = button(name, () => opened({ recent: id }), "link");
    const line = made("span");
    line.append(one, ` ${when.slice(0, 16).replace("T", " ")}`);
    return line;
  });
  const file = made("input", "", "", { type: "file", accept: ".toml", "aria-label": say("bench_from_file"), hidden: "" });
  file.addEventListener("change", async () => {
    if (file.files[0]) { loadScenario(file.files[0]); }
  });
  const buttons = made("div", "", "buttons");
  buttons.append(button(say("bench_from_file"), () => file.click()), button(say("bench_cancel"), closeDialog));
  dialog(say("bench_open"), section(say("bench_of_study"), study), section(say("bench_recent"), recent),
    file, buttons);
}

async function opened(what, path = "/api/open") {
  try {
    take(await ask(path, { revision: app.state.revision, ...what }));
    closeDialog();
    toast(say("bench_opened", { name: app.state.scenario.title || app.state.scenario.name }));
  } catch (error) { closeDialog(); refused(error); }
}

export async function loadScenario(file) {
  if (file.size > LARGEST) { toast(say("bench_too_large"), { bad: true }); return; }
  await opened({ name: file.name, text: await file.text() }, "/api/load");
}

function saveDialog() {
  const name = made("input", "", "", { type: "text", required: "", pattern: "[a-z0-9]+(-[a-z0-9]+)*", maxlength: 60, value: app.state.scenario.file || "usulan-1" });
  const title = made("input", "", "", { type: "text", maxlength: 80, value: app.state.scenario.isSaved ? app.state.scenario.title ?? "" : "" });
  const field = (text, element) => {
    const label = made("label", "", "field wide");
    label.append(made("span", text), element);
    return label;
  };
  const replace = made("input", "", "", { type: "checkbox" });
  const tick = made("label", "", "tick");
  tick.append(replace, say("bench_replace"));
  tick.hidden = true;
  const note = made("p", say("bench_name_rule"), "quiet");
  const go = async () => {
    if (!name.reportValidity()) { return; }
    const error = await save({ name: name.value, title: title.value || name.value, replace: replace.checked });
    if (error) {
      note.textContent = error.message;
      note.className = "warn";
      tick.hidden = error.status !== 409;
      return;
    }
    closeDialog();
  };
  const buttons = made("div", "", "buttons");
  buttons.append(button(say("bench_cancel"), closeDialog), button(say("bench_save"), go, "primary"));
  dialog(say("bench_save_as"), field(say("bench_name"), name), field(say("bench_name_of_plan"), title), note, tick, buttons);
  name.select();
}

// Saved, or the reason why not; what somebody else wrote meanwhile is never lost.
async function save(what) {
  try {
    const { state, saved, where, keptBoth } = await ask("/api/save", { revision: app.state.revision, ...what });
    take(state);
    if (keptBoth) { toast(say("bench_kept_both", keptBoth), { stays: true }); }
    else { toast(say(where === "outputs" ? "bench_saved_in_outputs" : "bench_saved_as", { name: saved })); }
    return null;
  } catch (error) {
    if (error instanceof Refused && !error.state && what.name) { return error; }
    refused(error);
    return null;
  }
}

// Something is made of the state as it is now; the page stays free meanwhile.
async function output(path, key) {
  const ended = await job(path, { revision: app.state.revision }, (one, cancel) => toast(one.step || say("bench_working"), {
    stays: true, progress: true, action: { text: say("bench_cancel"), press: cancel } }));
  if (!ended) { return; }
  if (ended.state === "cancelled") { toast(say("bench_cancelled")); return; }
  if (ended.state === "failed") { toast(messageOf(ended), { bad: true }); return; }
  document.body.dataset.made = ended.kind ?? path.slice(5);
  const { folder, files } = ended.result;
  byId("toast").hidden = true;
  const list = made("ul", "", "choices");
  for (const { n, name, bytes } of files) {
    const line = made("li");
    line.append(button(name, () => download(`/api/result/${ended.job}/${n}`, name).catch(refused), "link"), ` ${say("bench_kb", { kb: Math.max(1, Math.round(bytes / 1000)) })}`);
    list.append(line);
  }
  const buttons = made("div", "", "buttons");
  buttons.append(button(say("bench_dismiss"), closeDialog));
  dialog(say("bench_made", { what: say(key) }), made("p", say("bench_in_folder", { folder })), list, buttons);
}
