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
    let answer = null;
    try { answer = await ask(wanted); } finally {
      isBusy = false;
      // The newest is on its way before this one is drawn: the program computes meanwhile.
      next();
    }
    if (answer !== null && began === round) { show(answer, wanted); }
  }

  return {
    want(acts) { waiting = acts; next(); },
    // After a commit nothing that was asked before it is shown any more.
    forget() { waiting = null; round += 1; },
  };
}
