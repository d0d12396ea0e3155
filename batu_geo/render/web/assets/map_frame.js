// What every map does first: no prefix, a scale, and its legend folded on a phone; the legend is
// laid upon the map unless it stands in a column beside it.
function isPhone() { return window.innerWidth < 640; }

function layFrame(map) {
  map.attributionControl?.setPrefix(false);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  const legend = document.querySelector(".legend");
  if (!legend.closest("section")) map.getContainer().appendChild(legend);
  L.DomEvent.disableClickPropagation(legend);
  L.DomEvent.disableScrollPropagation(legend);
  legend.open = !isPhone();
  foldLayers(legend);
}

// The legend says what is on the map: its groups follow the list of layers, which stands in it.
function foldLayers(legend) {
  const layers = document.querySelector(".leaflet-control-layers");
  if (!layers) { return; }
  const list = layers.querySelector(".leaflet-control-layers-list");
  legend.append(list);
  layers.remove();
  list.classList.add("layer-list");
  const groups = [...legend.querySelectorAll("[data-layers]")];
  const show = () => {
    const boxes = [...list.querySelectorAll("label")];
    const isOn = new Map(boxes.map((label) => [label.textContent.trim(), label.querySelector("input").checked]));
    for (const group of groups) {
      const names = JSON.parse(group.dataset.layers).filter((name) => isOn.has(name));
      group.hidden = names.length > 0 && !names.some((name) => isOn.get(name));
    }
  };
  list.addEventListener("change", show);
  list.addEventListener("click", () => setTimeout(show));
  show();
}
