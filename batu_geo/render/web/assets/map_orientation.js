// Names of villages with their ranks, lines and names of districts, and landmarks, where a script
// draws the map.
function nameMarker(named) {
  const marker = L.marker([named.lat, named.lon], {
    icon: L.divIcon({ className: "village-name", iconSize: [0, 0] }),
    pane: "names", interactive: false, keyboard: false,
  });
  named.badge = cardPart("i");
  named.badge.hidden = true;
  marker.on("add", () => {
    const box = cardPart("span", named.label, named.kind);
    box.dataset.room = named.room.join(" ");
    if (!named.kind) { box.prepend(named.badge); }
    marker.getElement().replaceChildren(box);
  });
  return marker;
}

function orientationLayer({ lines, style, names }, pane) {
  return L.layerGroup([
    ...lines.map((shape) => L.geoJSON(shape, { style, pane, interactive: false })), ...names.map(nameMarker)]);
}

// Show the ranks of an answer; whether they are of other villages than before.
function showRanks(villages, rows) {
  const isRanked = new Set(rows.map((row) => row.n));
  const isNew = villages.some((village, n) => village.badge.hidden === isRanked.has(n));
  if (isNew) { villages.forEach((village, n) => { village.badge.hidden = !isRanked.has(n); }); }
  for (const row of rows) {
    const { badge } = villages[row.n], rank = String(row.rank);
    if (badge.textContent !== rank) { badge.textContent = rank; }
  }
  return isNew;
}
