// People covered by weekday and hour: colours of villages, units asleep, and the sum in words.
function setUpHours(map, villages, units, data, words) {
  const [day, hour] = ["weekday", "hour"].map((id) => document.getElementById(id));
  for (let n = 1; n <= 7; n++) { day.append(new Option(words[`day_${n}`], n)); }
  for (let n = 0; n < 24; n++) { hour.append(new Option(`${String(n).padStart(2, "0")}${words.clock}00`, n)); }
  const number = new Intl.NumberFormat(words.locale);
  const tenth = new Intl.NumberFormat(words.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const share = (people, of) => (of ? `${tenth.format((100 * people) / of)}%` : words.no_data);

  const chosen = () => data.patterns[data.hours[(day.value - 1) * 24 + Number(hour.value)]];

  // A unit whose layer is off has no symbol; it is shown asleep or awake when it is back.
  function markUnit(layer) {
    const symbol = layer.getElement();
    if (symbol) { symbol.classList.toggle("asleep", !chosen().staffed[Number(layer.feature.id)]); }
  }

  function show() {
    say();
    const pattern = chosen();
    villages.eachLayer((layer) => {
      const n = Number(layer.feature.id), of = data.people[n], served = pattern.served[n];
      const look = data.breaks.filter((limit) => (100 * served) / of > limit).length;
      layer.setStyle({ fillColor: of ? data.fills[look] : data.missing });
      const tip = document.createElement("div");
      const name = document.createElement("b"), line = document.createElement("div");
      name.textContent = data.names[n];
      line.textContent = `${number.format(served)} / ${number.format(of)} ${words.people} (${share(served, of)})`;
      tip.append(name, line);
      layer.bindTooltip(tip, { sticky: true });
    });
    units.eachLayer(markUnit);
  }

  // What is said follows from the numbers alone, whatever is drawn.
  function say() {
    const pattern = chosen();
    const all = data.people.reduce((sum, people) => sum + people, 0);
    const served = pattern.served.reduce((sum, people) => sum + people, 0);
    document.querySelector(".answer").textContent = words.map_hours_answer
      .replace("{day}", words[`day_${day.value}`]).replace("{hour}", hour.selectedOptions[0].text)
      .replace("{people}", number.format(served)).replace("{share}", share(served, all))
      .replace("{units}", pattern.staffed.filter(Boolean).length);
  }
  day.value = data.start[0];
  hour.value = data.start[1];
  units.on("add", () => units.eachLayer(markUnit));
  day.addEventListener("change", show);
  hour.addEventListener("change", show);
  show();
}
