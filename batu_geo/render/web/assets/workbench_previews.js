// Previews: one is under way, the newest waits, those between are dropped.
export function previews(ask, show) {
  let waiting = null;
  let isBusy = false;
  let round = 0;

  async function next() {
    if (isBusy || waiting === null) { return; }
    const wanted = waiting;
    const began = round;
    waiting = null;
    isBusy = true;
    try {
      const answer = await ask(wanted);
      if (answer !== null && began === round) { show(answer, wanted); }
    } finally {
      isBusy = false;
      next();
    }
  }

  return {
    want(acts) { waiting = acts; next(); },
    // After a commit nothing that was asked before it is shown any more.
    forget() { waiting = null; round += 1; },
  };
}
