// "Carikan lokasi": the best buildings by a model, with the proof, and how to take them over.
import { commit, app, follow, villageName } from "./workbench_state.js";
import { job, messageOf, progress } from "./workbench_jobs.js";
import { button, byId, difference, made, redraw, say, tell } from "./workbench_words.js";

export function drawFind({ lightBuildings }) {
  const { models } = app.study.choices;
  const model = made("select");
  for (const one of models) { model.append(new Option(say(`bench_model_${one.name}`), one.name)); }
  const count = made("input", "", "", { type: "number", min: 0, max: app.study.buildings.length || 1, value: 3, placeholder: say("bench_as_many") });
  const start = button(say("bench_find_best"), find, "primary");
  const out = made("div", "", "", { "aria-live": "polite" });
  const labelled = (text, element, kind) => {
    const label = made("label", "", kind);
    label.append(made("span", text), element);
    return label;
  };
  const note = made("p", "", "quiet");
  byId("find").append(labelled(say("bench_model"), model, "field wide"), labelled(say("bench_count"), count, "field"), note, start, out);
  const needs = () => {
    const one = models.find(({ name }) => name === model.value);
    const lacks = one?.needsCapacity && !app.state.settings.siting?.capacity;
    note.textContent = lacks ? say("bench_needs_capacity") : "";
    start.disabled = Boolean(lacks) || document.body.dataset.finding === "yes";
    count.disabled = model.value === "one_per_village";
  };
  model.addEventListener("change", needs);
  follow("state", needs);
  needs();

  async function find() {
    document.body.dataset.finding = "yes";
    start.disabled = true;
    const wanted = count.disabled || count.value === "" ? null : Number(count.value);
    const ended = await job("/api/plan", { revision: app.state.revision, model: model.value, count: wanted },
      (one, cancel) => redraw(out, progress(one, cancel)));
    document.body.dataset.finding = "";
    needs();
    if (!ended || ended.state === "cancelled") { out.replaceChildren(); return; }
    if (ended.state === "failed") { redraw(out, made("p", messageOf(ended), "warn")); return; }
    show(ended.result, ended.revision);
  }

  function show(plan, revision) {
    const box = made("div", "", "proof");
    box.append(made("p", plan.sentence));
    if (plan.proof) { box.append(made("p", plan.proof, "quiet")); }
    const list = made("ol");
    for (const site of plan.sites) {
      const row = made("li", "", "", { tabindex: "0" });
      row.append(`${site.name}, ${villageName(site.village)} `, difference(site.gain ?? 0));
      for (const [on, off] of [["mouseenter", "mouseleave"], ["focus", "blur"]]) {
        row.addEventListener(on, () => lightBuildings([site.id]));
        row.addEventListener(off, () => lightBuildings([]));
      }
      list.append(row);
    }
    box.append(list);
    for (const conflict of plan.conflicts ?? []) { box.append(made("p", conflict, "warn")); }
    if (plan.acts.length) {
      box.append(button(say("bench_use_plan"), async () => {
        if (await commit({ do: "acts", acts: plan.acts })) { out.replaceChildren(); byId("undo").focus(); }
      }, "primary"));
    }
    out.replaceChildren(box);
    out.dataset.served = String(plan.served ?? "");
    tell(plan.sentence);
    // A plan is of the state it was found for.
    follow("state", () => {
      if (app.state.revision !== revision && box.isConnected && !box.dataset.old) {
        box.dataset.old = "yes";
        box.prepend(made("p", say("bench_plan_old"), "warn"));
      }
    });
  }
}

