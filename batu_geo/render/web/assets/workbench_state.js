// What the page knows: the study, the newest state, and what is shown while a hand moves.
import { Refused, Stopped, ask } from "./workbench_client.js";
import { difference, number, say, tell, toast } from "./workbench_words.js";

export const app = {
  study: null,     // shapes and names, once
  state: null,     // the newest revision
  start: null,     // the answer without any change
  preview: null,   // { answer, units } while a hand moves
  pair: null,      // { a, b } of answers, and whether b follows the page, while two are compared
  effects: {},     // people that each change brings by itself
  tool: "move",
};

const followers = new Map();
export function follow(what, run) { followers.set(what, [...(followers.get(what) ?? []), run]); }
function changed(...names) {
  for (const run of new Set(names.flatMap((name) => followers.get(name) ?? []))) { run(); }
}
export const announce = changed;

// Two answers side by side: the one that is shown, and the one that it is compared with.
export function shown() {
  const newest = app.preview?.answer ?? app.state.answer;
  if (!app.pair) { return { base: app.start, now: newest, isPair: false }; }
  return { base: app.pair.a, now: app.pair.isNow ? newest : app.pair.b, isPair: true };
}

export const units = () => app.preview?.units ?? app.state.units;
export const villageName = (index) => app.study.villages[index]?.name ?? "";

let pending = Promise.resolve();
let resting = 0;

export function take(state) {
  if (state.start) { app.start = state.start; }
  if (state.studyTag && state.studyTag !== app.study.tag) { location.reload(); return; }
  app.state = state;
  app.preview = null;
  app.effects = app.effects.revision === state.revision ? app.effects : {};
  changed("state", "answer");
  clearTimeout(resting);
  resting = setTimeout(effects, 400);
}

// What each change does by itself, asked for when the hand rests.
async function effects() {
  const { revision, changes } = app.state;
  // A step under way asks again when it is done.
  if (!changes.length || document.body.dataset.busy) { return; }
  try {
    const found = await ask("/api/effects", { revision });
    if (found && found.revision === app.state.revision) {
      app.effects = { ...found.effects, revision };
      changed("effects");
    }
  } catch (error) { if (error instanceof Stopped) { stopped(); } }
}

export function showPreview(answer) {
  app.preview = answer;
  changed("answer", "units");
}

export function endPreview() {
  if (app.preview) { app.preview = null; changed("answer", "units"); }
}

function sentence() {
  const { now, base } = shown();
  const gain = difference(now.served - base.served).textContent;
  return say("bench_said", { served: number(now.served), gain });
}

// One step: acts, or undo, redo and the like. Steps follow each other, each on the newest state.
export function commit(request, { quiet = false } = {}) {
  const step = pending.then(async () => {
    document.body.dataset.busy = "yes";
    try {
      take(await ask("/api/do", { revision: app.state.revision, ...request }));
      if (!quiet) { tell(sentence()); }
      return true;
    } catch (error) {
      refused(error);
      return false;
    } finally {
      document.body.dataset.busy = "";
      document.body.dataset.revision = String(app.state.revision);
    }
  });
  pending = step;
  return step;
}

export const act = (...acts) => commit({ do: "acts", acts });

// Whatever the program refused is said; the page shows again what holds.
export function refused(error) {
  if (error instanceof Stopped) { stopped(); return; }
  if (!(error instanceof Refused)) { throw error; }
  if (error.state) {
    take(error.state);
    toast(say("bench_changed_elsewhere"));
    return;
  }
  app.preview = null;
  changed("state", "answer", "units");
  toast(error.message, { bad: true });
  tell(error.message);
}

// Another tab, or another person, went on: take the newest and say so; of a save only that it was.
export function catchUp({ revision, isSaved }) {
  pending = pending.then(async () => {
    if (revision === app.state.revision && isSaved === app.state.scenario.isSaved) { return; }
    try {
      const state = await ask("/api/state");
      const isNew = state.revision !== app.state.revision;
      take(state);
      if (!isNew) { return; }
      document.body.dataset.revision = String(state.revision);
      toast(say("bench_changed_elsewhere"));
    } catch (error) { refused(error); }
  });
}

let waiting = false;
export function stopped() {
  if (waiting) { return; }
  waiting = true;
  document.body.dataset.state = "stopped";
  const box = document.getElementById("stopped");
  box.textContent = say("bench_stopped");
  box.hidden = false;
  const again = async () => {
    try {
      const state = await ask("/api/state");
      waiting = false;
      box.hidden = true;
      document.body.dataset.state = "ready";
      take(state);
      document.body.dataset.revision = String(state.revision);
      tell(say("bench_back"));
    } catch (error) {
      if (error instanceof Refused && error.status === 401) {
        box.textContent = say("bench_no_key");
        return;
      }
      setTimeout(again, 1000);
    }
  };
  setTimeout(again, 500);
}
