// Previews: the newest waits, those between are dropped. While answers come quickly a second one is
// on its way before the first is there, so that the program computes without a pause; where they
// are slow one at a time is under way, so that what is shown is never far behind the hand.
const QUICK_MS = 150;

export function previews(ask, show) {
  let waiting = null;
  let underWay = 0;
  let lastMs = Infinity;
  let round = 0;
  let asked = 0;
  let shown = 0;

  async function next() {
    if (waiting === null || underWay >= (lastMs < QUICK_MS ? 2 : 1)) { return; }
    const wanted = waiting;
    const began = round;
    const at = performance.now();
    const number = ++asked;
    waiting = null;
    underWay += 1;
    let answer = null;
    try { answer = await ask(wanted); } finally {
      underWay -= 1;
      lastMs = performance.now() - at;
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
    // After a commit nothing that was asked before it is shown any more.
    forget() { waiting = null; round += 1; },
  };
}
