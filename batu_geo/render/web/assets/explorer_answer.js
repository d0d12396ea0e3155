// What a state means: people served, need by village, gain by building. Numbers only, no page.
// Sums are whole numbers, so they are those of explorer_answer in planning/explorer_data.py.
const UNREACHABLE = 65535;
const CUT_OFF = 65534;
const STATES = ["unreachable", "cut_off", "not_snapped"];

function isStaffed(place, state) {
  if (!state.weekday || !place.staffed) { return true; }
  return ((place.staffed[state.weekday - 1] >> state.hour) & 1) === 1;
}

function openPlaces(data, state, chosen) {
  const found = [];
  data.places.forEach((place, number) => {
    if ((place.isUnit || chosen.has(place.id)) && isStaffed(place, state)) { found.push(number); }
  });
  return found;
}

// Seconds from each demand point to the nearest of some places: of the trips the page carries, or
// to the nearest unit of the hour where that is farther than these.
function nearestSeconds(data, state, places) {
  const pattern = state.weekday ? data.patternOfHour[24 * (state.weekday - 1) + state.hour] : 0;
  const best = Uint16Array.from(data.far[state.mode][pattern], (far) => far || UNREACHABLE);
  for (const place of places) {
    const { home, seconds } = data.seconds[state.mode][place];
    for (let n = 0; n < home.length; n++) {
      if (seconds[n] < best[home[n]]) { best[home[n]] = seconds[n]; }
    }
  }
  return best;
}

function servedPeople(data, best, limit) {
  let people = 0;
  for (let n = 0; n < best.length; n++) {
    if (best[n] <= limit) { people += data.demand.people[n]; }
  }
  return people;
}

// Of whoever reaches no open unit: which of the three states; empty for all others.
function stateOf(data, mode, best, n) {
  if (best[n] < CUT_OFF) { return ""; }
  if (!data.isSnapped[mode][n]) { return "not_snapped"; }
  return best[n] === CUT_OFF ? "cut_off" : "unreachable";
}

// Served people, mean minutes and need in minutes of each village; whoever reaches no unit
// makes the mean infinite and is at the worst, so that one person weighs one person.
function byVillage(data, mode, best, limit) {
  const rows = data.villages.map(() => ({ served: 0, all: 0, reached: 0, seconds: 0, score: 0,
    lost: { unreachable: 0, cut_off: 0, not_snapped: 0 } }));
  const need = data.need.find((criterion) => criterion.name === "mean_minutes");
  const { village, people } = data.demand;
  for (let n = 0; n < best.length; n++) {
    const row = rows[village[n]];
    const state = stateOf(data, mode, best, n);
    const isCut = state !== "";
    if (best[n] <= limit) { row.served += people[n]; }
    row.all += people[n];
    if (isCut) { row.lost[state] += people[n]; } else { row.reached += people[n]; }
    row.seconds += isCut ? 0 : people[n] * best[n];
    if (need) { row.score += people[n] * (isCut ? 1 : betweenGoalposts(need, best[n] / 60)); }
  }
  return rows.map((row) => ({
    served: row.served,
    lost: row.lost,
    meanMinutes: !row.all ? null : row.reached < row.all ? Infinity : row.seconds / 60 / row.all,
    meanReached: !row.reached ? null : row.seconds / 60 / row.reached,
    score: !row.all ? null : row.score / row.all,
  }));
}

function betweenGoalposts(need, value) {
  return Math.min(1, Math.max(0, (value - need.noneAt) / (need.worstAt - need.noneAt)));
}

function criterionValue(name, village, row) {
  const beyond = village.population - row.served;
  if (name === "mean_minutes") { return row.meanMinutes; }
  if (name === "people_beyond") { return beyond; }
  if (name === "share_beyond_percent") {
    return village.population > 0 ? (100 * beyond) / village.population : null;
  }
  return village.figures[name];
}

// Need from 0 to 1; null where the village has no figure.
function needValue(need, village, row) {
  if (need.name === "mean_minutes") { return row.score; }
  const value = criterionValue(need.name, village, row);
  return value === null ? null : betweenGoalposts(need, value);
}

// Villages without a unit on fixed goalposts; a village without a figure is scored by the rest.
function rankedVillages(data, rows, opened) {
  const left = data.villages.map((_, n) => n).filter((n) => !data.villages[n].hasUnit && !opened.has(n));
  const ranked = left.map((n) => {
    let score = 0;
    let total = 0;
    let every = 0;
    for (const need of data.need) {
      const value = needValue(need, data.villages[n], rows[n]);
      every += need.weight;
      if (value !== null) {
        score += value * need.weight;
        total += need.weight;
      }
    }
    const village = data.villages[n];
    return {
      number: n, id: village.id, score: Math.round((score / total) * 1e9) / 1e9,
      low: score / every, high: (score + every - total) / every,
      meanMinutes: rows[n].meanMinutes, beyond: village.population - rows[n].served,
    };
  });
  ranked.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  ranked.forEach((row) => { row.rank = 1 + ranked.filter((other) => other.score > row.score).length; });
  return ranked;
}

// What each criterion adds to the score of a village, of 100.
function reasons(data, answer, n) {
  const village = data.villages[n], row = answer.rows[n];
  const values = data.need.map((need) => needValue(need, village, row));
  const all = data.need.reduce((sum, need, k) => sum + (values[k] === null ? 0 : need.weight), 0);
  return data.need.map((need, k) => ({ ...need, raw: criterionValue(need.name, village, row),
    points: values[k] === null ? null : (100 * values[k] * need.weight) / all }));
}

// Newly served people by building that is not chosen: of the whole study, or of one village.
function gains(data, state, chosen, best, limit, only = null) {
  const found = {};
  const { people, village } = data.demand;
  data.places.forEach((place, number) => {
    if (place.isUnit || chosen.has(place.id)) { return; }
    let gain = 0;
    if (isStaffed(place, state)) {
      const { home, seconds } = data.seconds[state.mode][number];
      for (let n = 0; n < home.length; n++) {
        if (best[home[n]] > limit && seconds[n] <= limit && (only === null || village[home[n]] === only)) {
          gain += people[home[n]];
        }
      }
    }
    found[place.id] = gain;
  });
  return found;
}

// The building that newly serves most people of a village; of equals the one that serves most of all.
function bestBuilding(data, state, answer, n) {
  const here = gains(data, state, new Set(state.chosen), answer.best, answer.limit, n);
  const [id] = Object.keys(here).sort((a, b) => here[b] - here[a] || answer.gains[b] - answer.gains[a]);
  return here[id] ? { place: data.places.find((place) => place.id === id), here: here[id], all: answer.gains[id] } : null;
}

function answerOf(data, state) {
  const chosen = new Set(state.chosen);
  const limit = 60 * state.minutes;
  const open = openPlaces(data, state, chosen);
  const best = nearestSeconds(data, state, open);
  const today = nearestSeconds(data, state, openPlaces(data, state, new Set()));
  const rows = byVillage(data, state.mode, best, limit);
  const opened = new Set(data.places.filter((p) => chosen.has(p.id)).map((p) => p.village));
  return {
    limit, best, today, open: new Set(open), rows,
    lost: Object.fromEntries(STATES.map((name) => [name, rows.reduce((sum, row) => sum + row.lost[name], 0)])),
    served: servedPeople(data, best, limit),
    servedToday: servedPeople(data, today, limit),
    ranking: rankedVillages(data, rows, opened),
    gains: gains(data, state, chosen, best, limit),
  };
}
