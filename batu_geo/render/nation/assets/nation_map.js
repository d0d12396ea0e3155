// The map: one path a class, moved with pointer, wheel and keys; drawn anew when it rests.
function hatched() {
  const tile = document.createElement("canvas"), pen = tile.getContext("2d");
  tile.width = tile.height = 6;
  pen.fillStyle = "#ffffff"; pen.fillRect(0, 0, 6, 6);
  pen.strokeStyle = "#7a8b99"; pen.beginPath();
  for (const shift of [-6, 0, 6]) { pen.moveTo(shift, 6); pen.lineTo(shift + 6, 0); }
  pen.stroke();
  return tile;
}

function setUpMap(shapes, arcs, villages, given, choose) {
  const canvas = document.querySelector(".nation canvas"), context = canvas.getContext("2d");
  const squeeze = Math.cos(((given.arcs.north - arcs.height * given.arcs.step / 2) * Math.PI) / 180);
  const classes = given.looks.share.map(() => new Path2D());
  const nobody = new Path2D(), inner = new Path2D(), outer = new Path2D();
  const served = (n) => 100 * (1 - villages.beyond[n] / villages.people[n]);
  shapes.forEach((shape, n) => {
    const number = villages.people[n] ? given.looks.breaks.filter((limit) => served(n) > limit).length : -1;
    (number < 0 ? nobody : classes[number]).addPath(pathOf(shape));
  });
  for (const { left, right, points } of arcs.list) {
    trace(right >= 0 && villages.region[left] === villages.region[right] ? inner : outer, points);
  }
  const hatch = context.createPattern(hatched(), "repeat");
  let scale = 1, x = 0, y = 0, chosen = null, waiting = 0;
  const size = () => [canvas.clientWidth, canvas.clientHeight];

  function draw() {
    waiting = 0;
    const dots = window.devicePixelRatio || 1, [width, height] = size();
    canvas.width = width * dots; canvas.height = height * dots;
    context.setTransform(dots * scale * squeeze, 0, 0, dots * scale, dots * x, dots * y);
    classes.forEach((path, n) => { context.fillStyle = given.looks.share[n]; context.fill(path, "evenodd"); });
    hatch.setTransform(new DOMMatrix().scale(1 / (scale * squeeze), 1 / scale));
    context.fillStyle = hatch; context.fill(nobody, "evenodd");
    const stroke = (path, colour, pixels) => {
      context.strokeStyle = colour; context.lineWidth = pixels / scale; context.stroke(path);
    };
    if (scale * arcs.typical > 6) { stroke(inner, "rgba(60,71,77,.45)", 0.6); }
    stroke(outer, "#1a1a1a", 1.1);
    if (chosen) { stroke(chosen, "#1f4e8c", 3.5); }
    canvas.dataset.drawn = String(Number(canvas.dataset.drawn || 0) + 1);
  }
  const later = () => { waiting = waiting || requestAnimationFrame(draw); };

  function fit(box) {
    const [width, height] = size(), across = Math.max((box[2] - box[0]) * squeeze, 1);
    scale = Math.min(width / across, height / Math.max(box[3] - box[1], 1)) * 0.9;
    x = width / 2 - (scale * squeeze * (box[0] + box[2])) / 2;
    y = height / 2 - (scale * (box[1] + box[3])) / 2;
    later();
  }
  function zoom(by, px, py) {
    scale *= by; x = px - (px - x) * by; y = py - (py - y) * by; later();
  }
  function move(dx, dy) { x += dx; y += dy; later(); }
  function at(px, py) {
    const gx = (px - x) / (scale * squeeze), gy = (py - y) / scale;
    context.setTransform(1, 0, 0, 1, 0, 0);
    return shapes.findIndex(({ box, rings }, n) => rings.length && gx >= box[0] && gx <= box[2] && gy >= box[1] && gy <= box[3] &&
      context.isPointInPath(pathOf(shapes[n]), gx, gy, "evenodd"));
  }
  const fingers = new Map();
  let moved = 0, apart = 0;
  canvas.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, event); moved = 0; apart = 0; canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) { return; }
    fingers.set(event.pointerId, event);
    const dx = event.clientX - before.clientX, dy = event.clientY - before.clientY;
    moved += Math.abs(dx) + Math.abs(dy);
    if (fingers.size === 1) { move(dx, dy); return; }
    const [one, two] = [...fingers.values()], edge = canvas.getBoundingClientRect();
    const now = Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
    if (apart) { zoom(now / apart, (one.clientX + two.clientX) / 2 - edge.left, (one.clientY + two.clientY) / 2 - edge.top); }
    apart = now;
  });
  const lift = (event) => {
    if (fingers.size === 1 && moved < 6 && event.type === "pointerup") {
      const edge = canvas.getBoundingClientRect();
      choose(at(event.clientX - edge.left, event.clientY - edge.top));
    }
    fingers.delete(event.pointerId); apart = 0;
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault(); zoom(event.deltaY < 0 ? 1.25 : 0.8, event.offsetX, event.offsetY);
  }, { passive: false });
  const middle = () => size().map((length) => length / 2);
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
    if (steps[event.key]) { move(...steps[event.key]); }
    else if (event.key === "+" || event.key === "=") { zoom(1.6, ...middle()); }
    else if (event.key === "-") { zoom(0.625, ...middle()); }
    else if (event.key === "Enter") { choose(at(...middle())); }
    else { return; }
    event.preventDefault();
  });
  for (const button of document.querySelectorAll(".zoom button")) {
    button.addEventListener("click", () => zoom(Number(button.dataset.by), ...middle()));
  }
  new ResizeObserver(later).observe(canvas);
  return { fit, mark: (n) => { chosen = n < 0 ? null : pathOf(shapes[n]); later(); } };
}
