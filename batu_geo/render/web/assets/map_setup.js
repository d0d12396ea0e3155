// What every map of the city does when it opens: legend, bounds, names, scale.
function fitCity(map, bounds) {
  if (map.getSize().y < 100) { return; }
  // The folded legend stands at the foot of a phone, the open one beside the city elsewhere.
  const room = isPhone() ? { paddingBottomRight: [0, 44] } : { paddingTopLeft: [270, 8], paddingBottomRight: [320, 8] };
  map.fitBounds(bounds, { animate: false, ...room });
}

function setUpMap(map, bounds, words) {
  layFrame(map);
  const container = map.getContainer();
  container.setAttribute("role", "region");
  container.setAttribute("aria-label", words.map_label);
  fitCity(map, bounds);
  keepNames(map, words);
  // Until somebody moves the map, the whole city stays in it whatever its size becomes.
  let isMoved = false;
  for (const kind of ["pointerdown", "wheel", "keydown"]) {
    container.addEventListener(kind, () => { isMoved = true; }, { capture: true, passive: true });
  }
  new ResizeObserver(() => {
    map.invalidateSize({ animate: false });
    if (!isMoved && !document.body.classList.contains("printing")) { fitCity(map, bounds); }
  }).observe(container);
  const zoom = { ".leaflet-control-zoom-in": words.map_zoom_in, ".leaflet-control-zoom-out": words.map_zoom_out };
  for (const [part, label] of Object.entries(zoom)) {
    const button = container.querySelector(part);
    if (button) { button.title = label; button.setAttribute("aria-label", label); }
  }
}
