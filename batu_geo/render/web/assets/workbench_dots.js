// Homes as dots on one canvas, and what two answers say of each of them.
const SERVED = 1;
const NO_WAY = 2;
const FAR = 3;

// Two bits a home, four homes a byte, the first in the lowest bits.
export function statesOf(text, count) {
  const bytes = atob(text);
  const states = new Uint8Array(count);
  for (let n = 0; n < count; n++) { states[n] = (bytes.charCodeAt(n >> 2) >> (2 * (n & 3))) & 3; }
  return states;
}

// The kind of every home: a number in `kinds`, in the order in which they are drawn.
export const CHANGE = ["beyond", "unreachable", "not_snapped", "served", "fresh", "losing"];
export const PAIR = ["neither", "both", "only_a", "only_b"];

export function changeKinds(base, now) {
  return Uint8Array.from(now, (state, n) => {
    if (state === SERVED) { return base[n] === SERVED ? 3 : 4; }
    if (base[n] === SERVED) { return 5; }
    if (state === NO_WAY) { return 1; }
    return state === FAR ? 2 : 0;
  });
}

export function pairKinds(base, now) {
  return Uint8Array.from(now, (state, n) => (
    base[n] === SERVED ? (state === SERVED ? 1 : 2) : (state === SERVED ? 3 : 0)));
}

export const DotLayer = L.Layer.extend({
  initialize(points) { this.points = points; this.kinds = null; },
  onAdd(map) {
    this.canvas = L.DomUtil.create("canvas", "dots", map.getPane("dots"));
    map.on("moveend zoomend resize", this.place, this);
    map.on("zoomstart", this.hide, this);
    this.place();
  },
  hide() { this.canvas.style.visibility = "hidden"; },
  place() {
    const map = this._map, size = map.getSize(), ratio = window.devicePixelRatio || 1;
    L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint([0, 0]));
    this.canvas.width = size.x * ratio;
    this.canvas.height = size.y * ratio;
    this.canvas.style.width = `${size.x}px`;
    this.canvas.style.height = `${size.y}px`;
    this.canvas.style.visibility = "";
    this.size = Math.max(2, Math.round(2.2 * 2 ** (map.getZoom() - 13) * ratio));
    const xy = new Int32Array(2 * this.points.length);
    this.points.forEach((point, n) => {
      const at = map.latLngToContainerPoint(point);
      xy[2 * n] = Math.round(at.x * ratio);
      xy[2 * n + 1] = Math.round(at.y * ratio);
    });
    this.xy = xy;
    this.draw();
  },
  // One colour after the other; what changed lies on top and is a little larger.
  draw() {
    if (!this.kinds) { return; }
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.colours.forEach((colour, kind) => {
      const size = this.size + (this.large.has(kind) ? 1 : 0), half = size >> 1;
      pen.fillStyle = colour;
      for (let n = 0; n < this.kinds.length; n++) {
        if (this.kinds[n] === kind) { pen.fillRect(this.xy[2 * n] - half, this.xy[2 * n + 1] - half, size, size); }
      }
    });
  },
  show(kinds, colours, large) {
    this.kinds = kinds;
    this.colours = colours;
    this.large = new Set(large);
    this.draw();
  },
});
