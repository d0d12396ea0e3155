// What every map of the city does when it opens: legend, bounds, names, scale.
function fitCity(map, bounds) {
  // The folded legend stands at the foot of a phone, the open one beside the city elsewhere.
  const room = isPhone() ? { paddingBottomRight: [0, 44] } : { paddingTopLeft: [270, 8], paddingBottomRight: [320, 8] };
  map.fitBounds(bounds, { animate: false, ...room });
}

// Symbols that keys reach say their name: the first line of their tooltip, which is escaped HTML.
function nameSymbol(layer) {
  const tip = layer.getTooltip && layer.getTooltip(), element = layer.getElement && layer.getElement();
  if (!tip || !element || element.getAttribute("tabindex") !== "0") { return; }
  const title = new DOMParser().parseFromString(tip.getContent(), "text/html").querySelector("b");
  if (title) { element.setAttribute("aria-label", title.textContent); }
}

function setUpMap(map, bounds, words) {
  layFrame(map);
  const container = map.getContainer();
  container.setAttribute("role", "region");
  container.setAttribute("aria-label", words.map_label);
  fitCity(map, bounds);
  keepNames(map);
  map.eachLayer(nameSymbol);
  map.on("layeradd", (event) => nameSymbol(event.layer));
  // Until somebody moves the map, the whole city stays in it whatever its size becomes.
  let isMoved = false;
  for (const kind of ["pointerdown", "wheel", "keydown"]) {
    container.addEventListener(kind, () => { isMoved = true; }, { capture: true, passive: true });
  }
  document.querySelector(".search").addEventListener("submit", () => { isMoved = true; });
  new ResizeObserver(() => {
    map.invalidateSize({ animate: false });
    if (!isMoved && !document.body.classList.contains("printing")) { fitCity(map, bounds); }
  }).observe(container);
  const zoom = { ".leaflet-control-zoom-in": words.map_zoom_in, ".leaflet-control-zoom-out": words.map_zoom_out,
    ".leaflet-control-layers-toggle": words.map_layers };
  for (const [part, label] of Object.entries(zoom)) {
    const button = container.querySelector(part);
    if (button) { button.title = label; button.setAttribute("aria-label", label); }
  }
}
