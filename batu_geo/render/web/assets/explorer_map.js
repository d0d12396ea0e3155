// The map: villages by share, people as dots, units and buildings as symbols. Text is textContent.
const DotLayer = L.Layer.extend({
  initialize(points) { this.points = points; this.colours = null; },
  onAdd(map) {
    this.canvas = L.DomUtil.create("canvas", "dots", map.getPane("dots"));
    map.on("moveend zoomend resize", this.place, this);
    map.on("zoomstart", this.hide, this);
    this.place();
  },
  hide() { this.canvas.style.visibility = "hidden"; },
  place() {
    const map = this._map, size = map.getSize(), ratio = window.devicePixelRatio || 1;
    L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint([0, 0]));
    this.canvas.width = size.x * ratio;
    this.canvas.height = size.y * ratio;
    this.canvas.style.width = `${size.x}px`;
    this.canvas.style.height = `${size.y}px`;
    this.canvas.style.visibility = "";
    this.ratio = ratio;
    this.size = Math.max(2, Math.round(2.2 * 2 ** (map.getZoom() - 13) * ratio));
    this.pixels = this.points.map((point) => map.latLngToContainerPoint(point).multiplyBy(ratio).round());
    this.draw();
  },
  draw() {
    if (!this.colours) { return; }
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const half = this.size >> 1;
    for (const colour of new Set(this.colours)) {
      pen.fillStyle = colour;
      for (let n = 0; n < this.pixels.length; n++) {
        if (this.colours[n] === colour) {
          pen.fillRect(this.pixels[n].x - half, this.pixels[n].y - half, this.size, this.size);
        }
      }
    }
  },
  colour(colours) { this.colours = colours; this.draw(); },
});

function dotPoints(demand) {
  const [west, south, east, north] = demand.bounds;
  return Array.from(demand.x, (x, n) => L.latLng(
    south + ((north - south) * demand.y[n]) / 65535, west + ((east - west) * x) / 65535));
}

function nameMarker(village) {
  const marker = L.marker([village.lat, village.lon], {
    icon: L.divIcon({ className: "village-name", iconSize: [0, 0] }),
    pane: "names", interactive: false, keyboard: false,
  });
  marker.on("add", () => {
    const box = document.createElement("span");
    village.badge = document.createElement("i");
    village.badge.hidden = true;
    box.append(village.badge, village.label);
    marker.getElement().replaceChildren(box);
  });
  return marker;
}

function placeMarker(place, toggle) {
  const size = place.isUnit ? 18 : 24;
  const marker = L.marker([place.lat, place.lon], {
    icon: L.divIcon({
      className: place.isUnit ? "symbol" : "symbol site", html: place.symbol,
      iconSize: [size, size], iconAnchor: place.isUnit ? [9, 9] : [12, 22],
    }),
    keyboard: !place.isUnit, interactive: true,
  });
  const tip = document.createElement("div");
  tip.textContent = place.name;
  marker.bindTooltip(tip);
  marker.on("add", () => {
    const element = marker.getElement();
    element.setAttribute("aria-label", place.name);
    if (!place.isUnit) { element.setAttribute("role", "checkbox"); }
  });
  if (!place.isUnit) {
    marker.on("click", () => toggle(place.id));
    marker.on("keydown", (event) => {
      if (event.originalEvent.key === " ") { event.originalEvent.preventDefault(); toggle(place.id); }
      if (event.originalEvent.key === "Enter") { toggle(place.id); }
    });
  }
  return marker;
}

function explorerMap(data, toggle) {
  const map = L.map("map", { zoomSnap: 0.25, zoomDelta: 0.5, attributionControl: false });
  for (const [name, level] of [["roads", 402], ["dots", 405], ["names", 640]]) {
    map.createPane(name).style.zIndex = level;
    map.getPane(name).style.pointerEvents = "none";
  }
  L.control.scale({ imperial: false }).addTo(map);
  const shapes = data.villages.map((village) => L.geoJSON(village.shape, {
    style: { color: data.looks.edge[village.status], weight: 1.2, fillOpacity: 1 },
  }).bindTooltip(() => village.tip, { sticky: true }));
  const city = L.featureGroup(shapes);
  map.fitBounds(city.getBounds(), { padding: [6, 6] });
  city.addTo(map);
  data.roads.forEach((road) => L.geoJSON(road.shape, { style: road.looks, pane: "roads", interactive: false }).addTo(map));
  const dots = new DotLayer(dotPoints(data.demand)).addTo(map);
  data.villages.forEach((village) => {
    village.tip = document.createElement("div");
    nameMarker(village).addTo(map);
  });
  data.places.forEach((place) => { place.marker = placeMarker(place, toggle).addTo(map); });
  keepNames(map);
  new ResizeObserver(() => map.invalidateSize()).observe(map.getContainer());

  let lastRanked = null;
  function show(state, answer, words) {
    const chosen = new Set(state.chosen);
    shapes.forEach((shape, n) => {
      const village = data.villages[n];
      const share = (100 * answer.rows[n].served) / village.population;
      const fill = data.looks.share[data.looks.breaks.filter((b) => share > b).length];
      shape.setStyle({ fillColor: village.population ? fill : data.looks.nobody });
      village.tip.replaceChildren(...words.villageTip(village, answer.rows[n]));
      village.badge.hidden = true;
    });
    for (const row of answer.ranking) {
      const badge = data.villages[row.number].badge;
      badge.hidden = false;
      badge.textContent = row.rank;
    }
    const ranked = answer.ranking.map((row) => row.number).sort().join();
    if (ranked !== lastRanked) { lastRanked = ranked; thinNames(map); }
    data.places.forEach((place, n) => {
      const element = place.marker.getElement();
      if (place.isUnit) { element.classList.toggle("asleep", !answer.open.has(n)); return; }
      place.marker.setZIndexOffset(chosen.has(place.id) ? 1000 : 0);
      element.classList.toggle("chosen", chosen.has(place.id));
      element.setAttribute("aria-checked", String(chosen.has(place.id)));
    });
    const { served, fresh, beyond } = data.looks.dots;
    const away = (n) => data.looks.dots[stateOf(data, state.mode, answer.best, n)] ?? beyond;
    dots.colour(Array.from(answer.best, (seconds, n) => (
      seconds > answer.limit ? away(n) : answer.today[n] <= answer.limit ? served : fresh)));
  }
  return { show };
}
