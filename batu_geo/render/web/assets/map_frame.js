// What every map does first: no prefix, a scale, and its legend laid upon it, folded on a phone.
function isPhone() { return window.innerWidth < 640; }

function layFrame(map) {
  map.attributionControl.setPrefix(false);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  const legend = document.querySelector(".legend");
  map.getContainer().appendChild(legend);
  L.DomEvent.disableClickPropagation(legend);
  L.DomEvent.disableScrollPropagation(legend);
  legend.open = !isPhone();
}
