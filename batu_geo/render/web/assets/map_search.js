// Finds a village, facility or building by part of its name. Names are only ever textContent.
function plainName(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

function foundPlace(places, text) {
  const wanted = plainName(text);
  if (!wanted) { return undefined; }
  const names = places.map((place) => plainName(place.name));
  for (const fits of [(n) => n === wanted, (n) => n.startsWith(wanted), (n) => n.includes(wanted)]) {
    const number = names.findIndex(fits);
    if (number >= 0) { return places[number]; }
  }
  return undefined;
}

function setUpSearch(map, places, words) {
  const form = document.querySelector(".search");
  const box = form.querySelector("input");
  const said = document.querySelector(".said");
  const list = form.querySelector("datalist");
  list.replaceChildren(...places.map((place) => {
    const option = document.createElement("option");
    option.value = place.name;
    return option;
  }));
  let ring = null;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (ring) { ring.remove(); ring = null; }
    const place = foundPlace(places, box.value);
    said.textContent = place ? `${words.map_found}: ${place.name}` : words.map_not_found;
    if (!place) { return; }
    map.setView([place.lat, place.lon], Math.max(map.getZoom(), 14.5), { animate: false });
    const tip = document.createElement("b");
    tip.textContent = place.name;
    ring = L.circleMarker([place.lat, place.lon], { radius: 18, color: "#c51b7d", weight: 3, fill: false, className: "ring" });
    ring.addTo(map).bindTooltip(tip, { permanent: true, direction: "top", offset: [0, -16] });
  });
  box.addEventListener("change", () => form.requestSubmit());
}
