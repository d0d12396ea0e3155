// What every map does first: no prefix, a scale, and its legend folded on a phone; the legend is
// laid upon the map unless it stands in a column beside it.
function isPhone() { return window.innerWidth < 640; }

function layFrame(map) {
  map.attributionControl.setPrefix(false);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  const legend = document.querySelector(".legend");
  if (!legend.closest("section")) map.getContainer().appendChild(legend);
  L.DomEvent.disableClickPropagation(legend);
  L.DomEvent.disableScrollPropagation(legend);
  legend.open = !isPhone();
}
