// Files dropped on the page: what was recognised is shown, corrected by lists, then accepted.
import { Refused, ask } from "./workbench_client.js";
import { refused } from "./workbench_state.js";
import { closeDialog, dialog, loadScenario } from "./workbench_scenario.js";
import { button, byId, coded, codes, made, number, percent, say, toast } from "./workbench_words.js";

const LARGEST = 8e6;
const MOST_SAID = 8;

export function drawFiles() {
  const pick = made("input", "", "", { type: "file", "aria-label": say("bench_files"), id: "pick-file", hidden: "" });
  pick.addEventListener("change", () => { if (pick.files[0]) { dropped(pick.files[0]); } });
  const target = made("p", say("bench_drop_note"), "target");
  byId("files").append(target, button(say("bench_pick"), () => pick.click()), pick);
  const box = byId("drop");
  let depth = 0;
  const isFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.addEventListener("dragenter", (event) => { if (isFile(event)) { event.preventDefault(); depth += 1; box.hidden = false; } });
  document.addEventListener("dragover", (event) => { if (isFile(event)) { event.preventDefault(); } });
  document.addEventListener("dragleave", (event) => { if (isFile(event)) { depth -= 1; box.hidden = depth > 0 ? box.hidden : true; } });
  document.addEventListener("drop", (event) => {
    if (!isFile(event)) { return; }
    event.preventDefault();
    depth = 0;
    box.hidden = true;
    if (event.dataTransfer.files[0]) { dropped(event.dataTransfer.files[0]); }
  });
}

const suffixOf = (file) => (/\.[a-z0-9]{1,8}$/i.exec(file.name)?.[0] ?? "").toLowerCase();

function dropped(file) {
  if (suffixOf(file) === ".toml") { loadScenario(file); return; }
  if (file.size > LARGEST) { toast(say("bench_too_large"), { bad: true }); return; }
  const select = made("select");
  for (const name of codes("table")) { select.append(new Option(coded("table", name), name)); }
  const label = made("label", "", "field wide");
  label.append(made("span", say("bench_what_file")), select);
  const buttons = made("div", "", "buttons");
  buttons.append(button(say("bench_cancel"), closeDialog), button(say("bench_read"), () => recognise(file, select.value), "primary"));
  dialog(file.name, made("p", say("bench_file_note"), "quiet"), label, buttons);
}

async function recognise(file, table) {
  try {
    const found = await ask(`/api/file?table=${encodeURIComponent(table)}&suffix=${encodeURIComponent(suffixOf(file))}`, file);
    showFound(file, found);
  } catch (error) {
    closeDialog();
    refused(error);
  }
}

const chosenOf = (meanings) => Object.fromEntries(Object.entries(meanings).map(([field, codesOf]) => (
  [field, Object.fromEntries(Object.entries(codesOf).filter(([, code]) => code))])));

// Columns with their fields, codes with their meaning, the first rows, and what is in doubt.
function showFound(file, found) {
  const chosen = {}, meanings = {};
  const table = made("table");
  const head = made("tr");
  for (const text of ["bench_column", "bench_field", "bench_sure", "bench_sample"]) { head.append(made("th", say(text), "", { scope: "col" })); }
  const top = made("thead");
  top.append(head);
  const body = made("tbody");
  found.columns.forEach(({ column, field, score }, n) => {
    chosen[column] = field ?? "";
    const row = made("tr");
    const select = made("select", "", "", { "aria-label": say("bench_field_of", { column }) });
    select.append(new Option(say("bench_leave_out"), ""));
    for (const one of found.fields) { select.append(new Option(`${one.label}${one.isRequired ? " *" : ""}`, one.name, false, one.name === field)); }
    // A field that is no column of the table, such as a coordinate.
    if (field && select.value !== field) {
      const isKnown = ["village_name", "lon", "lat"].includes(field);
      select.append(new Option(isKnown ? say(`bench_field_${field}`) : field, field, true, true));
    }
    select.addEventListener("change", () => { chosen[column] = select.value; });
    const cell = made("td");
    cell.append(select);
    row.append(made("th", column, "", { scope: "row" }), cell, made("td", field ? percent(100 * score) : "\u2013", score < 0.9 ? "warn" : ""),
      made("td", found.sample.map((cells) => cells[n]).filter((one) => one !== "" && one !== null).slice(0, 3).join(" \u00b7 "), "quiet"));
    body.append(row);
  });
  table.append(top, body);
  const doubts = made("div");
  for (const { field, label: about, value, choices } of found.codes) {
    const select = made("select", "", "", { "data-code": `${field} ${value}` });
    select.append(new Option(say("bench_leave_out"), ""));
    for (const { name, label: text } of choices) { select.append(new Option(text, name)); }
    select.addEventListener("change", () => { (meanings[field] ??= {})[value] = select.value; });
    const label = made("label", "", "field");
    label.append(made("span", say("bench_means", { field: about, value })), select);
    doubts.append(label);
  }
  const notices = made("ul");
  for (const notice of found.notices) { notices.append(made("li", notice)); }
  const buttons = made("div", "", "buttons");
  const accept = async () => {
    const columns = Object.fromEntries(Object.entries(chosen).filter(([, field]) => field));
    try {
      const { notices: said } = await ask("/api/file/accept", { file: found.file, columns, codes: chosenOf(meanings) });
      sessionStorage.setItem("batu-geo-said", [say("bench_accepted", { name: file.name }), ...said].join(" "));
      location.reload();
    } catch (error) {
      if (!(error instanceof Refused)) { closeDialog(); refused(error); return; }
      const all = error.problems.length ? error.problems : [error.message];
      notices.replaceChildren(...all.slice(0, MOST_SAID).map((one) => made("li", one, "warn")));
      if (all.length > MOST_SAID) { notices.append(made("li", say("bench_more_problems", { count: number(all.length - MOST_SAID) }), "warn")); }
      notices.scrollIntoView({ block: "nearest" });
    }
  };
  buttons.append(button(say("bench_cancel"), closeDialog), button(say("bench_accept"), accept, "primary"));
  dialog(say("bench_found", { name: file.name, rows: number(found.count) }), notices, ...(found.columns.length ? [table] : []), doubts, buttons);
}

// After a file was accepted the page opens anew on the changed study.
export function saidBefore() {
  const text = sessionStorage.getItem("batu-geo-said");
  if (text) { sessionStorage.removeItem("batu-geo-said"); toast(text, { stays: true }); }
}
