// What the map of faulty places does when it opens: the list, the bounds, the size of symbols.
function setUpFaults(map, bounds) {
  layFrame(map);
  map.fitBounds(bounds, isPhone() ? {} : { paddingTopLeft: [270, 8], paddingBottomRight: [320, 8] });
  new ResizeObserver(() => { map.invalidateSize(); }).observe(map.getContainer());
}
