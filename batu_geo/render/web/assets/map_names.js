// Names of districts come first, where they have room. Every other name stands in its own village
// where there is room, else beside it with a line to it: those that fit first, then those with a
// rank; a name without any free place hides.
const RINGS = [14, 24, 36, 50, 66, 84], TURNS = 16, SMALLEST_PX = 11;
const STEPS = [0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9], STRUCK_OUT = 2000;

function metersPerPixel(map) {
  return (40075016.686 * Math.cos((map.getCenter().lat * Math.PI) / 180)) / 2 ** (map.getZoom() + 8);
}

const meets = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
const shared = (a, b) => (meets(a, b)
  ? (Math.min(a.right, b.right) - Math.max(a.left, b.left)) * (Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)) : 0);

const middleOf = (box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
const holds = (box, x, y) => x > box.left && x < box.right && y > box.top && y < box.bottom;

function* ringSpots(home) {
  for (const ring of RINGS) {
    for (let turn = 0; turn < TURNS; turn++) {
      const angle = (2 * Math.PI * turn) / TURNS;
      const x = Math.cos(angle) * (ring + home.width / 2), y = Math.sin(angle) * (ring + home.height / 2);
      yield { x, y, box: { left: home.left + x, right: home.right + x, top: home.top + y, bottom: home.bottom + y } };
    }
  }
}

// The line from the middle of its village, where the name would stand, to the name beside it.
function drawLeader(span, spot, home) {
  const marker = span.parentElement;
  const line = marker.querySelector(".leader") || marker.appendChild(document.createElement("b"));
  line.className = "leader";
  line.hidden = !spot;
  if (!spot) { return; }
  const near = (middle, half) => Math.sign(middle) * Math.max(0, Math.abs(middle) - half);
  const x = near(spot.x, home.width / 2), y = near(spot.y, home.height / 2);
  line.style.width = `${Math.hypot(x, y)}px`;
  line.style.transform = `rotate(${Math.atan2(y, x)}rad)`;
}

function thinNames(map) {
  if (!map.hasNames) { return; }
  const frame = map.getContainer().getBoundingClientRect();
  const spans = [...map.getContainer().querySelectorAll(".village-name span")];
  const size = Math.min(13, Math.max(SMALLEST_PX, 11.5 * 2 ** (map.getZoom() - 12.4)));
  spans.forEach((span) => { Object.assign(span.style, { fontSize: `${size}px`, marginLeft: "", marginTop: "" }); });
  const symbols = [...map.getContainer().querySelectorAll(".symbol svg")].map((svg) => svg.getBoundingClientRect());
  // Nothing is written under the legend and the signs of the frame.
  const covers = [...document.querySelectorAll(".legend, .leaflet-control")].map((box) => box.getBoundingClientRect());
  const scale = metersPerPixel(map), kept = [...covers];
  const names = spans.map((span) => {
    const home = span.getBoundingClientRect(), [wide = 0, high = 0] = (span.dataset.room || "").split(" ").map(Number);
    const isQuiet = span.matches(".district, .landmark");
    return { span, home, isQuiet, fits: span.matches(".landmark") || (home.width * scale <= wide && home.height * scale <= high), rank: span.matches(".district") ? 2 : span.querySelector("i:not([hidden])") ? 1 : 0 };
  });
  const isFree = (box) => box.left > frame.left && box.right < frame.right && box.top > frame.top
    && box.bottom < frame.bottom && kept.every((other) => !meets(box, other));
  const isSeen = ({ home }) => {
    const { x, y } = middleOf(home), middle = { left: x, right: x, top: y, bottom: y };
    return meets(frame, middle) && !covers.some((box) => meets(box, middle));
  };
  const settle = (name, spot) => {
    name.span.style.visibility = spot ? "" : "hidden";
    const isBeside = Boolean(spot && (spot.x || spot.y));
    drawLeader(name.span, isBeside ? spot : null, name.home);
    if (!spot) { return; }
    name.span.style.marginLeft = `${spot.x}px`;
    name.span.style.marginTop = `${spot.y}px`;
    kept.push(spot.box);
  };
  const beside = [];
  for (const name of names.sort((a, b) => (a.isQuiet && !a.rank) - (b.isQuiet && !b.rank) || b.rank - a.rank)) {
    const isIn = name.fits && isFree(name.home);
    if (isIn || name.isQuiet || !isSeen(name)) { settle(name, isIn ? { x: 0, y: 0, box: name.home } : null); } else { beside.push(name); }
  }
  for (const name of beside) {
    // A line through another name would strike it out, and so would one that begins below it.
    const at = middleOf(name.home);
    const crosses = ({ x, y, box }) => kept.some((other) => STEPS.some((t) => holds(other, at.x + t * x, at.y + t * y)))
      || beside.some((other) => other !== name && holds(box, middleOf(other.home).x, middleOf(other.home).y));
    const hides = (box) => symbols.reduce((sum, other) => sum + shared(box, other), 0);
    let best = null, least = Infinity;
    for (const spot of ringSpots(name.home)) {
      if (!isFree(spot.box)) { continue; }
      const cost = hides(spot.box) + (crosses(spot) ? STRUCK_OUT : 0);
      if (cost < least) { best = spot; least = cost; }
      if (!cost) { break; }
    }
    settle(name, best);
  }
}

function addNorth(map, letter) {
  const control = L.control({ position: "bottomright" });
  control.onAdd = () => {
    const sign = L.DomUtil.create("div", "north");
    sign.textContent = letter;
    return sign;
  };
  control.addTo(map);
}

function keepNames(map, words) {
  const container = map.getContainer();
  addNorth(map, words.north);
  const look = () => {
    container.classList.toggle("far", map.getZoom() < 13);
    container.classList.toggle("very-far", map.getZoom() < 11.8);
    thinNames(map);
  };
  // Once for all that is drawn before the first frame, then after each change.
  requestAnimationFrame(() => {
    map.hasNames = true;
    look();
    map.on("moveend zoomend resize overlayadd overlayremove", look);
    document.querySelector(".legend")?.addEventListener("toggle", look);
  });
}
