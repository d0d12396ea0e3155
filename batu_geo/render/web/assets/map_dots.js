// Homes as dots on one canvas, for the explorer and for the workbench.
const DotLayer = L.Layer.extend({
  initialize(points) { this.points = points; this.kinds = null; },
  onAdd(map) {
    this.canvas = L.DomUtil.create("canvas", "dots", map.getPane("dots"));
    map.on("moveend zoomend resize", this.place, this);
    map.on("zoomstart", this.hide, this);
    this.place();
  },
  onRemove(map) {
    map.off("moveend zoomend resize", this.place, this);
    map.off("zoomstart", this.hide, this);
    this.canvas.remove();
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
  // One colour after the other; what changed lies on top and is a little larger. Of a box alone what
  // lies in it, as it would be drawn with all the rest.
  draw([left, top, right, bottom] = [0, 0, this.canvas?.width, this.canvas?.height]) {
    if (!this.kinds || !this._map) { return; }
    const pen = this.canvas.getContext("2d");
    pen.save();
    pen.beginPath();
    pen.rect(left, top, right - left, bottom - top);
    pen.clip();
    pen.clearRect(left, top, right - left, bottom - top);
    this.colours.forEach((colour, kind) => {
      const size = this.size + (this.large.has(kind) ? 1 : 0), half = size >> 1;
      pen.fillStyle = colour;
      for (let n = 0; n < this.kinds.length; n++) {
        const x = this.xy[2 * n] - half, y = this.xy[2 * n + 1] - half;
        if (this.kinds[n] === kind && x < right && y < bottom && x + size > left && y + size > top) { pen.fillRect(x, y, size, size); }
      }
    });
    pen.restore();
  },
  // The box around the dots that are of another kind now; null where there are none.
  changed(kinds) {
    const reach = this.size + 1;
    let box = null;
    for (let n = 0; n < kinds.length; n++) {
      if (kinds[n] === this.kinds[n]) { continue; }
      const x = this.xy[2 * n], y = this.xy[2 * n + 1];
      box ??= [x, y, x, y];
      box = [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)];
    }
    return box && [box[0] - reach, box[1] - reach, box[2] + reach, box[3] + reach];
  },
  // On paper shapes, not a picture: sharp, and some readers of PDF paint a picture's ground white.
  print(isPrinting) {
    this.shapes?.remove();
    this.shapes = null;
    this.canvas.hidden = isPrinting;
    if (!isPrinting || !this.kinds || !this._map) { return; }
    const ratio = window.devicePixelRatio || 1, size = this.size / ratio;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("style", `position: absolute; overflow: visible; transform: ${this.canvas.style.transform}`);
    this.colours.forEach((colour, kind) => {
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      const dots = [];
      this.kinds.forEach((one, n) => {
        if (one === kind) { dots.push(`M${this.xy[2 * n] / ratio - size / 2} ${this.xy[2 * n + 1] / ratio - size / 2}h${size}v${size}h-${size}z`); }
      });
      path.setAttribute("fill", colour);
      path.setAttribute("d", dots.join(""));
      svg.append(path);
    });
    this.canvas.after(svg);
    this.shapes = svg;
  },
  show(kinds, colours, large) {
    const isAlike = this._map && this.kinds?.length === kinds.length
      && String([colours, large]) === String([this.colours, [...this.large]]);
    const box = isAlike ? this.changed(kinds) : undefined;
    this.kinds = kinds;
    this.colours = colours;
    this.large = new Set(large);
    if (box !== null) { this.draw(box); }
  },
});
