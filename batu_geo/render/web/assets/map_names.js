// Names keep out of each other's way and off the symbols: those with a rank first, then as
// they come; each may step aside a little, and hides where there is no room at all.
const NUDGES = [[0, 0], [0, 9], [0, -9], [12, 0], [-12, 0], [12, 9], [-12, 9], [12, -9], [-12, -9],
  [0, 18], [0, -18], [24, 0], [-24, 0], [-24, 14], [24, -14]];

function thinNames(map) {
  const spans = [...map.getContainer().querySelectorAll(".village-name span")];
  const hasRank = (span) => span.querySelector("i:not([hidden])") !== null;
  const meets = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const size = Math.min(13, Math.max(11, 11.5 * 2 ** (map.getZoom() - 12.4)));
  spans.forEach((span) => { span.style.fontSize = `${size}px`; });
  const symbols = [...map.getContainer().querySelectorAll(".symbol svg")].map((svg) => svg.getBoundingClientRect());
  const hidden = (box) => symbols.reduce((sum, other) => sum + (meets(box, other)
    ? (Math.min(box.right, other.right) - Math.max(box.left, other.left))
      * (Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top)) : 0), 0);
  const kept = [];
  for (const span of [...spans].sort((a, b) => hasRank(b) - hasRank(a))) {
    span.style.marginLeft = span.style.marginTop = "";
    const home = span.getBoundingClientRect();
    const spots = NUDGES.map(([x, y]) => ({ x, y, box: new DOMRect(home.x + x, home.y + y, home.width, home.height) }));
    const free = spots.filter((spot) => kept.every((other) => !meets(spot.box, other)));
    span.style.visibility = free.length ? "" : "hidden";
    if (!free.length) { continue; }
    const best = free.reduce((a, b) => (hidden(b.box) < hidden(a.box) ? b : a));
    span.style.marginLeft = `${best.x}px`;
    span.style.marginTop = `${best.y}px`;
    kept.push(best.box);
  }
}

function keepNames(map) {
  const container = map.getContainer();
  const look = () => {
    container.classList.toggle("far", map.getZoom() < 13);
    container.classList.toggle("very-far", map.getZoom() < 11.8);
    thinNames(map);
  };
  map.on("zoomend resize overlayadd overlayremove", look);
  map.whenReady(() => setTimeout(look));
  look();
}
