// Work that takes longer: it runs beside the page, says where it is, and can be cancelled.
import { Refused, Stopped, ask } from "./workbench_client.js";
import { refused } from "./workbench_state.js";
import { button, made, say } from "./workbench_words.js";

const ASK_MS = 2000;
const running = new Map();

// Start a job and follow it; `step` is told where it is, what comes back is the job when it ended.
export async function job(path, body, step) {
  let started = null;
  try { started = await ask(path, body); } catch (error) { refused(error); return null; }
  const id = started.job;
  const stop = () => cancel(id);
  return new Promise((done) => {
    const take = (one) => {
      if (!running.has(id)) { return; }
      if (one.state === "running") { step(one, stop); return; }
      running.delete(id);
      clearInterval(timer);
      done(one);
    };
    running.set(id, take);
    step({ job: id, state: "running", step: "" }, stop);
    // Events bring the steps; should one be missed, the job is asked for.
    const timer = setInterval(async () => {
      try { take(await ask(`/api/job/${id}`)); } catch (error) {
        if (error instanceof Stopped) { return; }
        take({ job: id, state: "failed", error: error instanceof Refused ? { message: error.message } : null });
      }
    }, ASK_MS);
  });
}

async function cancel(id) {
  if (!running.has(id)) { return; }
  try { running.get(id)?.(await ask("/api/cancel", { job: id })); } catch (error) { refused(error); }
}

export function jobEvent(data) { running.get(data.job)?.(data); }

export const messageOf = (ended) => ended.error?.message ?? say("bench_failed");

// Where a job is: its step, a bar that moves, and a way to stop it.
export function progress(one, cancelIt) {
  const box = made("div");
  const bar = made("progress", "", "", { "aria-label": one.step || say("bench_working") });
  box.append(made("p", one.step || say("bench_working"), "quiet"), bar,
    button(say("bench_cancel"), cancelIt, "", { "data-at": "cancel" }));
  return box;
}
