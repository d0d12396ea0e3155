// What the map of the road audit does: the legend, the bounds, and a row that shows its place.
function setUpAudit(map, bounds) {
  layFrame(map);
  map.fitBounds(bounds);
  const ring = L.circleMarker([0, 0], { radius: 14, weight: 3, color: "#14343b", fill: false });
  for (const button of document.querySelectorAll("section.audit button")) {
    button.addEventListener("click", () => {
      const place = [Number(button.dataset.lat), Number(button.dataset.lon)];
      ring.setLatLng(place).addTo(map);
      map.setView(place, 17);
      if (isPhone()) map.getContainer().scrollIntoView({ block: "start" });
    });
  }
  new ResizeObserver(() => { map.invalidateSize(); }).observe(map.getContainer());
}
