// The catchment of one unit at one threshold, with the people in it.
async function setUpReach(map, data, words) {
  const answer = document.querySelector(".answer");
  if (typeof DecompressionStream === "undefined") { answer.textContent = words.explore_old; return; }
  const reach = JSON.parse(await unpackedText(data.reach));
  const [unit, limit] = ["unit", "limit"].map((id) => document.getElementById(id));
  data.units.forEach((name, n) => unit.append(new Option(name, n)));
  data.limits.forEach((known, n) => limit.append(new Option(known.label, n)));
  const number = new Intl.NumberFormat(words.locale);
  let drawn = null;

  function show() {
    if (drawn) { drawn.remove(); }
    const found = reach[unit.value][limit.value], known = data.limits[limit.value];
    drawn = L.geoJSON(found.shape, { pane: "catchments", interactive: false,
      style: { color: known.colour, fillColor: known.colour, weight: 1.5, fillOpacity: 0.45 } }).addTo(map);
    answer.textContent = words.map_reach_answer
      .replace("{people}", number.format(found.people)).replace("{limit}", known.label)
      .replace("{unit}", () => data.units[unit.value]);
  }
  unit.addEventListener("change", show);
  limit.addEventListener("change", show);
  limit.value = data.start;
  show();
}
