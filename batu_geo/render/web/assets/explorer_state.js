// The state in the address (#s=mode;minutes;weekday;hour;building,building) and as a scenario.
function wholeBetween(text, low, high, otherwise) {
  const value = /^\d{1,4}$/.test(text || "") ? Number(text) : otherwise;
  return Math.min(high, Math.max(low, value));
}

// Whatever an address says, what comes out is a state of this page.
function checkedState(data, wanted) {
  const known = new Set(data.places.filter((place) => !place.isUnit).map((place) => place.id));
  const hasHours = data.hasHours ? 7 : 0;
  return {
    mode: data.modes.some((mode) => mode.name === wanted.mode) ? wanted.mode : data.start.mode,
    minutes: wholeBetween(wanted.minutes, 1, data.longest, data.start.minutes),
    weekday: wholeBetween(wanted.weekday, 0, hasHours, 0),
    hour: wholeBetween(wanted.hour, 0, 23, data.start.hour),
    chosen: [...known].filter((id) => wanted.chosen.includes(id)),
  };
}

function stateOfAddress(data, hash) {
  const parts = hash.startsWith("#s=") ? hash.slice(3).split(";") : [];
  const plain = (text) => { try { return decodeURIComponent(text || ""); } catch { return ""; } };
  const [mode, minutes, weekday, hour, chosen] = parts;
  return checkedState(data, {
    mode: plain(mode), minutes, weekday, hour, chosen: (chosen || "").split(",").map(plain),
  });
}

function addressOf(state) {
  const chosen = state.chosen.map(encodeURIComponent).join(",");
  return `#s=${[encodeURIComponent(state.mode), state.minutes, state.weekday, state.hour, chosen].join(";")}`;
}

// A basic string of TOML is one of JSON, but for the one control character JSON leaves alone.
function tomlText(text) {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}

function shortHash(text) {
  let hash = 0x811c9dc5;
  for (const letter of text) { hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193) >>> 0; }
  return hash.toString(16).padStart(8, "0");
}

function scenarioToml(data, state, titles, comment) {
  const mode = data.modes.find((known) => known.name === state.mode);
  const limits = [...new Set([...mode.thresholds, state.minutes])].sort((a, b) => a - b);
  return [
    ...(comment ? [`# ${comment}`] : []),
    `extends = ${tomlText(data.scenario)}`,
    `name = "jelajah-${shortHash(addressOf(state))}"`,
    `title = ${tomlText(titles.id)}`,
    `title_en = ${tomlText(titles.en)}`,
    "",
    "[headline]",
    `mode = ${tomlText(state.mode)}`,
    `threshold_minutes = ${state.minutes}`,
    "",
    `[modes.${tomlText(state.mode)}]`,
    `thresholds_minutes = [${limits.join(", ")}]`,
    "",
    ...(state.chosen.length ? [
      "[siting]",
      'model = "mclp"',
      `site_count = ${state.chosen.length}`,
      "one_per_village = false",
      `must_open = [${state.chosen.map(tomlText).join(", ")}]`,
      'source = "jelajah.html"',
      "",
    ] : []),
  ].join("\n");
}
