// What a map without tools does when it opens: its list, the bounds, the size of symbols.
function setUpPlain(map, bounds) {
  layFrame(map);
  map.fitBounds(bounds, isPhone() ? {} : { paddingTopLeft: [270, 8], paddingBottomRight: [320, 8] });
  new ResizeObserver(() => { map.invalidateSize(); }).observe(map.getContainer());
}
