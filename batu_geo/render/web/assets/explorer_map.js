// The map: villages by share, people as dots, units and buildings as symbols. Text is textContent.
function dotPoints(demand) {
  const [west, south, east, north] = demand.bounds;
  return Array.from(demand.x, (x, n) => L.latLng(
    south + ((north - south) * demand.y[n]) / 65535, west + ((east - west) * x) / 65535));
}

function placeMarker(place, toggle, open) {
  const size = place.isUnit ? 18 : 24;
  const marker = L.marker([place.lat, place.lon], {
    icon: L.divIcon({
      className: place.isUnit ? "symbol" : "symbol site", html: place.symbol,
      iconSize: [size, size], iconAnchor: place.isUnit ? [9, 9] : [12, 22],
    }),
    interactive: true,
  });
  const tip = document.createElement("div");
  tip.textContent = place.name;
  marker.bindTooltip(tip);
  marker.on("add", () => {
    const element = marker.getElement();
    element.setAttribute("aria-label", place.name);
    if (!place.isUnit) { element.setAttribute("role", "checkbox"); }
  });
  const press = () => (place.isUnit ? open(place) : toggle(place.id));
  marker.on("click", press);
  marker.on("keydown", ({ originalEvent }) => {
    if (originalEvent.key === "Enter" || originalEvent.key === " ") { originalEvent.preventDefault(); press(); }
  });
  return marker;
}

function explorerMap(data, toggle, open) {
  const map = L.map("map", { zoomSnap: 0.25, zoomDelta: 0.5, attributionControl: false, zoomControl: false });
  L.control.zoom({ zoomInTitle: data.words.map_zoom_in, zoomOutTitle: data.words.map_zoom_out }).addTo(map);
  for (const [name, level] of [["fills", 397], ["ground", 398], ["roads", 402], ["dots", 405], ["names", 640]]) {
    map.createPane(name).style.zIndex = level;
    map.getPane(name).style.pointerEvents = "none";
  }
  const shapes = data.villages.map((village, n) => {
    const shape = L.geoJSON(village.shape, { style: { weight: 1.2, fillOpacity: 0 } });
    shape.bindTooltip(() => cardPart("b", village.name), { sticky: true });
    shape.on("click", () => open({ village: n }));
    shape.eachLayer((part) => part.on("add", () => pressable(part.getElement(), village.name, () => open({ village: n }))));
    return shape;
  });
  // Fills lie below the ground without homes; the villages to point at lie above it.
  const fills = data.villages.map((village) => L.geoJSON(village.shape, {
    pane: "fills", interactive: false, style: { stroke: false, fillOpacity: 1 } }).addTo(map));
  L.geoJSON(data.ground, { style: data.looks.ground, pane: "ground", interactive: false }).addTo(map);
  L.geoJSON(data.water, { style: data.looks.water, pane: "ground", interactive: false }).addTo(map);
  const city = L.featureGroup(shapes);
  const bounds = city.getBounds();
  const room = isPhone() ? { paddingBottomRight: [6, 40] } : { paddingTopLeft: [200, 6], paddingBottomRight: [6, 6] };
  map.fitBounds(bounds, room);
  city.addTo(map);
  const lines = data.roads.map((road) => L.geoJSON(road.shape, { style: road.looks, pane: "roads", interactive: false }));
  const dots = new DotLayer(dotPoints(data.demand));
  data.places.forEach((place) => { place.marker = placeMarker(place, toggle, open); });
  const part = (isUnit) => L.layerGroup(data.places.filter((place) => place.isUnit === isUnit).map((place) => place.marker));
  const layers = { roads: L.layerGroup(lines), people: dots, units: part(true), buildings: part(false),
    names: L.layerGroup([orientationLayer(data.orientation, "roads"), ...data.villages.map(nameMarker)]) };
  if (data.shade) {
    const [image, [west, south, east, north]] = data.shade;
    layers.shade = L.imageOverlay(image, [[south, west], [north, east]], { pane: "ground" });
  }
  const named = Object.fromEntries(Object.entries(layers).map(([name, layer]) => [data.layers[name], layer.addTo(map)]));
  L.control.layers(null, named, { collapsed: false }).addTo(map);
  layFrame(map);
  setUpPrint(map, bounds);
  window.addEventListener("beforeprint", () => dots.print(true));
  window.addEventListener("afterprint", () => dots.print(false));
  keepNames(map, data.words);
  new ResizeObserver(() => map.invalidateSize()).observe(map.getContainer());

  let last = null;
  map.on("overlayadd", () => show(...last));
  function show(state, answer) {
    last = [state, answer];
    const chosen = new Set(state.chosen);
    shapes.forEach((shape, n) => {
      const village = data.villages[n];
      const share = (100 * answer.rows[n].served) / village.population;
      const fill = data.looks.share[data.looks.breaks.filter((b) => share > b).length];
      const look = { fillColor: village.population ? fill : data.looks.nobody };
      shape.setStyle(look);
      fills[n].setStyle(look);
      const isOpen = state.card === n;
      shape.setStyle({ color: isOpen ? "#c51b7d" : data.looks.edge[village.status], weight: isOpen ? 4 : 1.2 });
      if (isOpen) { shape.bringToFront(); }
    });
    if (showRanks(data.villages, answer.ranking.map(({ number, rank }) => ({ n: number, rank })))) { thinNames(map); }
    data.places.forEach((place, n) => {
      const element = place.marker.getElement();
      if (!element) { return; }
      if (place.isUnit) { element.classList.toggle("asleep", !answer.open.has(n)); return; }
      place.marker.setZIndexOffset(chosen.has(place.id) ? 1000 : 0);
      element.classList.toggle("chosen", chosen.has(place.id));
      element.setAttribute("aria-checked", String(chosen.has(place.id)));
    });
    const kinds = Object.keys(data.looks.dots), of = (name) => Math.max(0, kinds.indexOf(name));
    const [served, fresh, beyond] = ["served", "fresh", "beyond"].map(of);
    const away = (n) => of(stateOf(data, state.mode, answer.best, n) || "beyond");
    dots.show(Uint8Array.from(answer.best, (seconds, n) => (
      seconds > answer.limit ? away(n) : answer.today[n] <= answer.limit ? served : fresh)), kinds.map((kind) => data.looks.dots[kind]), []);
  }
  // Without moving the map, unless the place lies outside it.
  function see(place) { map.panInside([place.lat, place.lon], { padding: [60, 60], animate: false }); }
  return { show, see, map };
}
