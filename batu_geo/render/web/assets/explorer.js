// The page: controls in, numbers out. One state, drawn anew whenever it changes.
const byId = (id) => document.getElementById(id);
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function made(tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined) { element.textContent = text; }
  if (className) { element.className = className; }
  return element;
}

function writer(data) {
  const words = data.words;
  const locale = data.language === "id" ? "id-ID" : "en-GB";
  const formats = [0, 1].map((digits) => new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits, maximumFractionDigits: digits }));
  const number = (value, digits = 0) => (
    value === null ? words.no_data : value === Infinity ? words.infinite : formats[digits].format(value));
  const percent = (value) => (value === null ? words.no_data : `${number(value, 1)}%`);
  const hour = (value) => `${String(value).padStart(2, "0")}${data.language === "id" ? "." : ":"}00`;
  const when = (state) => (state.weekday === 0 ? words.explore_any
    : filled(words.explore_at, { day: words[`day_${state.weekday}`], hour: hour(state.hour) }));
  const signed = (value) => (value < 0 ? `-${number(-value)}` : `+${number(value)}`);
  const lost = (counts) => STATES.filter((state) => counts[state] > 0)
    .map((state) => filled(words[`lost_${state}`], { people: number(counts[state]) }));
  function score(row) {
    const [low, high] = [number(100 * row.low, 1), number(100 * row.high, 1)];
    return low === high ? number(100 * row.score, 1) : `${number(100 * row.score, 1)} (${low}-${high})`;
  }
  // Mean minutes of everybody; where somebody does not arrive, that of the others and who does not.
  function meanOf(row) {
    if (row.meanMinutes !== Infinity) { return number(row.meanMinutes, 1); }
    const away = lost(row.lost).join(", ");
    return row.meanReached === null ? away
      : filled(words.explore_some_arrive, { minutes: number(row.meanReached, 1), states: away });
  }
  return { words, number, percent, hour, when, signed, lost, score, meanOf };
}

function fillControls(data, write) {
  const words = write.words;
  for (const mode of data.modes) { byId("mode").append(new Option(mode.label, mode.name)); }
  byId("minutes").max = data.longest;
  byId("weekday").append(new Option(words.explore_any, 0));
  for (let day = 1; day <= 7; day++) { byId("weekday").append(new Option(words[`day_${day}`], day)); }
  for (let hour = 0; hour < 24; hour++) { byId("hour").append(new Option(write.hour(hour), hour)); }
  for (const element of document.querySelectorAll(".hours")) { element.hidden = !data.hasHours; }
}

function fillBuildings(data, toggle) {
  const order = [...data.places].filter((place) => !place.isUnit);
  const villages = [...new Set(order.map((place) => place.village))];
  for (const number of villages) {
    const box = made("fieldset");
    box.append(made("legend", number === null ? "-" : data.villages[number].name));
    for (const place of order.filter((one) => one.village === number)) {
      const line = made("label", undefined, "building");
      place.tick = made("input");
      place.tick.type = "checkbox";
      place.tick.value = place.id;
      place.tick.addEventListener("change", () => toggle(place.id));
      place.gain = made("output", "", "gain");
      const text = made("span", place.name);
      text.append(made("small", ` ${place.suitability}`));
      line.append(place.tick, text, place.gain);
      box.append(line);
    }
    byId("buildings").append(box);
  }
}

function showRanking(data, answer, write, open) {
  byId("none-left").hidden = answer.ranking.length > 0;
  byId("ranking").hidden = answer.ranking.length === 0;
  const focused = document.activeElement?.closest("#ranking tr")?.dataset.village;
  byId("ranking").tBodies[0].replaceChildren(...answer.ranking.map((row) => {
    const line = made("tr");
    line.dataset.village = row.id;
    const name = made("th");
    name.scope = "row";
    name.append(linkButton(data.villages[row.number].name, () => open({ village: row.number })));
    line.append(made("td", row.rank), name, made("td", write.score(row)),
      made("td", write.meanOf(answer.rows[row.number])), made("td", write.number(row.beyond)));
    return line;
  }));
  if (focused) { document.querySelector(`#ranking tr[data-village="${CSS.escape(focused)}"] button`)?.focus({ preventScroll: true }); }
}

function showNumbers(data, state, answer, write, open, table) {
  const words = write.words;
  const people = data.villages.reduce((sum, village) => sum + village.population, 0);
  const mode = data.modes.find((known) => known.name === state.mode).label;
  byId("served").textContent = write.number(answer.served);
  byId("share").textContent = filled(words.explore_of, {
    share: write.percent(people ? (100 * answer.served) / people : null), population: write.number(people) });
  const lost = write.lost(answer.lost).join(", ");
  byId("lost").textContent = lost ? filled(words.explore_lost, { states: lost }) : "";
  byId("change").textContent = filled(words.explore_gain, { gain: write.signed(answer.served - answer.servedToday) });
  byId("said").textContent = filled(words.explore_sentence, {
    served: write.number(answer.served), minutes: write.number(state.minutes), mode,
    when: write.when(state), count: state.chosen.length });
  for (const place of data.places) {
    if (place.isUnit) { continue; }
    const isChosen = state.chosen.includes(place.id);
    place.tick.checked = isChosen;
    place.gain.textContent = isChosen ? "✓" : write.signed(answer.gains[place.id]);
  }
  showRanking(data, answer, write, open);
  showVillages(data, answer, write, table);
}

function showControls(state, write) {
  byId("mode").value = state.mode;
  byId("minutes").value = state.minutes;
  byId("minutes-out").textContent = filled(write.words.explore_minutes, { minutes: write.number(state.minutes) });
  byId("weekday").value = state.weekday;
  byId("hour").value = state.hour;
  byId("hour").disabled = Number(state.weekday) === 0;
}

function download(text, name) {
  const link = made("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/toml" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function exported(data, state, write) {
  const titles = {};
  for (const language of ["id", "en"]) {
    const mode = data.modes.find((known) => known.name === state.mode).labels[language];
    titles[language] = filled(data.titles[language], { count: state.chosen.length, minutes: state.minutes, mode });
  }
  const lost = state.weekday ? filled(write.words.explore_hour_lost, { when: write.when(state) }) : "";
  return scenarioToml(data, state, titles, lost);
}

function explorer(data) {
  const write = writer(data);
  const asked = location.hash.startsWith("#v=") ? decodeURIComponent(location.hash.slice(3)) : null;
  let state = stateOfAddress(data, location.hash);
  let answer = null;
  let shown = null;

  function change(wanted) {
    performance.mark("change");
    state = checkedState(data, { ...state, ...wanted,
      minutes: String(wanted.minutes ?? state.minutes), weekday: String(wanted.weekday ?? state.weekday),
      hour: String(wanted.hour ?? state.hour) });
    answer = answerOf(data, state);
    showControls(state, write);
    showNumbers(data, state, answer, write, open, table);
    map.show({ ...state, card: shown }, answer);
    if (shown !== null) { drawCard(false); }
    // A page shown inside another one may have no address of its own.
    try { history.replaceState(null, "", addressOf(state)); } catch { /* the state stays here */ }
    performance.measure("answer", "change");
  }
  const toggle = (id) => change({ chosen: state.chosen.includes(id)
    ? state.chosen.filter((one) => one !== id) : [...state.chosen, id] });

  const drawCard = (isNew) => card.show(data.villages[shown].name,
    cardContent(data, state, answer, write, shown, toggle), isNew);
  const card = cardBox(byId("card"), write.words.map_close_card, () => {
    shown = null;
    map.show({ ...state, card: null }, answer);
  });
  function open(place) {
    if ((place?.village ?? null) === null) { card.close(); return; }
    shown = place.village;
    map.see(place.lat === undefined ? data.villages[shown] : place);
    map.show({ ...state, card: shown }, answer);
    drawCard(true);
  }

  fillControls(data, write);
  fillBuildings(data, toggle);
  const table = fillVillages(data, write, open);
  const map = explorerMap(data, toggle, open);
  const found = setUpSearch([...data.villages.map((village, n) => ({ ...village, village: n })), ...data.places], write.words, open);
  byId("mode").addEventListener("change", (event) => change({ mode: event.target.value }));
  byId("minutes").addEventListener("input", (event) => change({ minutes: event.target.value }));
  byId("weekday").addEventListener("change", (event) => change({ weekday: event.target.value }));
  byId("hour").addEventListener("change", (event) => change({ hour: event.target.value }));
  byId("clear").addEventListener("click", () => change({ chosen: [] }));
  byId("download").addEventListener("click", () => download(
    exported(data, state, write), `jelajah-${shortHash(addressOf(state))}.toml`));
  byId("copy").addEventListener("click", async () => {
    let said = write.words.explore_copied;
    try { await navigator.clipboard.writeText(location.href); } catch { said = write.words.explore_not_copied; }
    byId("note").textContent = said;
  });
  window.addEventListener("hashchange", () => change(stateOfAddress(data, location.hash)));
  change({});
  byId("loading").hidden = true;
  byId("panel").hidden = false;
  if (asked && found(asked)) { open(found(asked)); }
}

(async () => {
  const data = JSON.parse(byId("data").textContent);
  if (typeof DecompressionStream === "undefined") {
    byId("loading").textContent = data.words.explore_old;
    return;
  }
  explorer(await opened(data));
})();
