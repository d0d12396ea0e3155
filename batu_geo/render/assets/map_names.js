// Names keep out of each other's way: those with a rank first, then as they come.
function thinNames(map) {
  const spans = [...map.getContainer().querySelectorAll(".village-name span")];
  const hasRank = (span) => span.querySelector("i:not([hidden])") !== null;
  const meets = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const size = Math.min(13, Math.max(9.5, 11.5 * 2 ** (map.getZoom() - 12.4)));
  spans.forEach((span) => { span.style.fontSize = `${size}px`; });
  const kept = [];
  for (const span of [...spans].sort((a, b) => hasRank(b) - hasRank(a))) {
    const box = span.getBoundingClientRect();
    const isFree = kept.every((other) => !meets(box, other));
    span.style.visibility = isFree ? "" : "hidden";
    if (isFree) { kept.push(box); }
  }
}

function keepNames(map) {
  const container = map.getContainer();
  const look = () => {
    container.classList.toggle("far", map.getZoom() < 13);
    container.classList.toggle("very-far", map.getZoom() < 11.8);
    thinNames(map);
  };
  map.on("zoomend resize layeradd", look);
  map.whenReady(() => setTimeout(look));
  look();
}
