// What the map of faulty places does when it opens: the list, the bounds, the size of symbols.
function setUpFaults(map, bounds) {
  map.attributionControl.setPrefix(false);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  const list = document.querySelector(".legend"), isPhone = window.innerWidth < 640;
  map.getContainer().appendChild(list);
  L.DomEvent.disableClickPropagation(list);
  L.DomEvent.disableScrollPropagation(list);
  list.open = !isPhone;
  map.fitBounds(bounds, isPhone ? {} : { paddingTopLeft: [270, 8], paddingBottomRight: [320, 8] });
  new ResizeObserver(() => { map.invalidateSize(); }).observe(map.getContainer());
}
