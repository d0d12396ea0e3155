// What two answers say of each home; `DotLayer` of map_dots.js draws it.
const SERVED = 1;
const NO_WAY = 2;
const FAR = 3;

// A byte a run of homes: the state in its two lowest bits, the length less one above them.
export function statesOf(text, count) {
  const bytes = atob(text);
  const states = new Uint8Array(count);
  for (let n = 0, home = 0; n < bytes.length; n++) {
    const run = bytes.charCodeAt(n), end = home + (run >> 2) + 1;
    states.fill(run & 3, home, end);
    home = end;
  }
  return states;
}

// The kind of every home: a number in `kinds`, in the order in which they are drawn.
export const CHANGE = ["beyond", "unreachable", "not_snapped", "served", "fresh", "losing"];
export const PAIR = ["neither", "both", "only_a", "only_b"];

export function changeKinds(base, now) {
  return Uint8Array.from(now, (state, n) => {
    if (state === SERVED) { return base[n] === SERVED ? 3 : 4; }
    if (base[n] === SERVED) { return 5; }
    if (state === NO_WAY) { return 1; }
    return state === FAR ? 2 : 0;
  });
}

export function pairKinds(base, now) {
  return Uint8Array.from(now, (state, n) => (
    base[n] === SERVED ? (state === SERVED ? 1 : 2) : (state === SERVED ? 3 : 0)));
}
