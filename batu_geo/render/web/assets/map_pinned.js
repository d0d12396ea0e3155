// What a map says of a village, a unit or a building stays on a card; the pointer shows its name.
function setUpCards(map, words, search) {
  const box = cardPart("aside", undefined, "card-box pinned");
  box.tabIndex = -1;
  box.hidden = true;
  box.setAttribute("aria-label", words.map_card);
  map.getContainer().append(box);
  L.DomEvent.disableClickPropagation(box);
  L.DomEvent.disableScrollPropagation(box);
  const known = [];
  let ring = null;
  const card = cardBox(box, words.map_close_card, () => { ring?.remove(); ring = null; });

  function open(layer) {
    const { title, rows } = layer.says;
    ring?.remove();
    ring = mark(layer).addTo(map);
    card.show(title, [cardFacts(rows)]);
  }
  function mark(layer) {
    const looks = { color: "#c51b7d", weight: 4, fill: false, interactive: false };
    return layer.getLatLng ? L.circleMarker(layer.getLatLng(), { ...looks, radius: 18, className: "ring" })
      : L.geoJSON(layer.toGeoJSON(), { style: { ...looks, className: "ring" }, pane: "markerPane" });
  }
  // The tooltip is HTML that the program escaped: its texts are taken out of it once.
  function take(layer) {
    const tip = layer.says ? null : layer.getTooltip?.();
    if (!tip || typeof tip.getContent() !== "string") { return; }
    const page = new DOMParser().parseFromString(tip.getContent(), "text/html");
    const title = page.querySelector("b")?.textContent;
    if (title === undefined) { return; }
    const cells = [...page.querySelectorAll("tr")].map((row) => [...row.children].map((cell) => cell.textContent));
    layer.says = { title, rows: cells };
    layer.setTooltipContent(cardPart("b", title));
    layer.on("click", (event) => { L.DomEvent.stopPropagation(event); open(layer); });
    known.push(layer);
  }
  function name(layer) {
    const element = layer.getElement?.();
    if (!layer.says || !element || element.dataset.named) { return; }
    element.dataset.named = "yes";
    pressable(element, layer.says.title, () => open(layer));
  }
  const see = (layer) => { take(layer); name(layer); };
  map.eachLayer(see);
  map.on("layeradd", (event) => see(event.layer));

  // A layer that is on, of this name, where the place is.
  function layerOf(place) {
    const here = L.latLng(place.lat, place.lon);
    const same = known.filter((layer) => map.hasLayer(layer) && layer.says.title === place.name);
    const far = (layer) => (layer.getLatLng ? layer.getLatLng() : layer.getBounds().getCenter()).distanceTo(here);
    const isIn = (layer) => !layer.getBounds || layer.getBounds().contains(here);
    return same.filter(isIn).sort((a, b) => far(a) - far(b))[0];
  }
  function find(place) {
    if (!place) { card.close(); return; }
    const here = L.latLng(place.lat, place.lon);
    if (!map.getBounds().contains(here)) { map.panTo(here, { animate: false }); }
    const layer = layerOf(place);
    if (layer) { open(layer); return; }
    ring?.remove();
    card.show(place.name, []);
    ring = L.circleMarker(here, { color: "#c51b7d", weight: 4, fill: false, radius: 18, className: "ring" }).addTo(map);
  }
  const found = search(find);
  document.querySelectorAll(".as-table tbody th").forEach((cell) => {
    const place = found(cell.textContent);
    if (place) { cell.replaceChildren(linkButton(cell.textContent, () => find(place))); }
  });
  if (location.hash.startsWith("#v=")) {
    const place = found(decodeURIComponent(location.hash.slice(3)));
    if (place) { find(place); }
  }
}
