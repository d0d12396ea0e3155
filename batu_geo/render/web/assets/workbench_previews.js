// Previews: the newest waits, those between are dropped. As many are on their way as are answered
// within a moment, so that the program computes without a pause and what is shown is never far behind
// the hand: several where answers come quickly, one at a time where they are slow.
const BEHIND_MS = 200;
const MOST = 6;

export function previews(ask, show) {
  let waiting = null;
  let underWay = 0;
  let paceMs = Infinity;
  let answeredAt = 0;
  let round = 0;
  let asked = 0;
  let since = 1;
  let shown = 0;

  async function next() {
    if (waiting === null || underWay >= Math.max(1, Math.min(MOST, Math.floor(BEHIND_MS / paceMs)))) { return; }
    const wanted = waiting;
    const began = round;
    const at = performance.now();
    const number = ++asked;
    waiting = null;
    underWay += 1;
    let answer = null;
    try { answer = await ask(wanted, number, since); } finally {
      underWay -= 1;
      const now = performance.now();
      // A single hitch does not make the program a slow one.
      const ms = now - Math.max(at, answeredAt);
      paceMs = paceMs === Infinity ? ms : (3 * paceMs + ms) / 4;
      answeredAt = now;
      // The newest is sent before this one is drawn.
      next();
    }
    if (answer !== null && began === round && number > shown) {
      shown = number;
      show(answer, wanted);
    }
  }

  return {
    want(acts) { waiting = acts; next(); },
    // After a commit nothing that was asked before it is shown any more, or need be computed. Returns
    // the number of what is asked instead.
    forget() { waiting = null; round += 1; since = ++asked; return since; },
  };
}
