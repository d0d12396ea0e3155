// Two panes of one map, each shown on its side of a handle that mouse, finger and keys move.
function setUpSwipe(map, bounds, words) {
  const container = map.getContainer();
  const handle = document.createElement("div");
  handle.className = "swipe";
  handle.tabIndex = 0;
  const about = { role: "slider", "aria-label": words.map_swipe, "aria-valuemin": 0, "aria-valuemax": 100 };
  for (const [name, value] of Object.entries(about)) { handle.setAttribute(name, value); }
  const sides = ["before", "after"].map((side) => {
    const label = document.createElement("span");
    label.className = `swipe-${side}`;
    label.textContent = words[`map_${side}`];
    handle.append(label);
    return map.getPane(side);
  });
  container.append(handle);
  let share = 0.5;

  function clip() {
    const size = map.getSize();
    const low = map.containerPointToLayerPoint([0, 0]), high = map.containerPointToLayerPoint(size);
    const x = Math.round(low.x + share * size.x);
    sides[0].style.clip = `rect(${low.y}px, ${x}px, ${high.y}px, ${low.x}px)`;
    sides[1].style.clip = `rect(${low.y}px, ${high.x}px, ${high.y}px, ${x}px)`;
    handle.style.left = `${share * size.x}px`;
    handle.setAttribute("aria-valuenow", Math.round(100 * share));
  }
  function move(wanted) { share = Math.min(1, Math.max(0, wanted)); clip(); }

  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    event.stopPropagation();
  });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) { return; }
    const box = container.getBoundingClientRect();
    move((event.clientX - box.left) / box.width);
  });
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -0.05, ArrowDown: -0.05, ArrowRight: 0.05, ArrowUp: 0.05, Home: -1, End: 1 }[event.key];
    if (step) { event.preventDefault(); event.stopPropagation(); move(share + step); }
  });
  // On paper the border runs through the middle of the city, where the page was just fitted to.
  let kept = share;
  window.addEventListener("beforeprint", () => {
    kept = share;
    move(map.latLngToContainerPoint(L.latLngBounds(bounds).getCenter()).x / map.getSize().x);
  });
  window.addEventListener("afterprint", () => move(kept));
  L.DomEvent.disableClickPropagation(handle);
  map.on("move zoom resize viewreset", clip);
  clip();
}
