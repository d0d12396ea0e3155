// Reads what shared_arcs.py wrote: arcs on a grid, each with the villages left and right of it.
async function unpackedBytes(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function readArcs(bytes) {
  let at = 0;
  const next = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * shift;
      if (byte < 128) { return value; }
    }
  };
  const signed = () => { const n = next(); return n % 2 ? -(n + 1) / 2 : n / 2; };
  const arcs = [];
  let village = 0, x = 0, y = 0;
  while (at < bytes.length) {
    village += signed();
    const other = village + signed();
    const points = new Float64Array(2 * next());
    for (let n = 0; n < points.length; n += 2) {
      x += signed(); y += signed();
      points[n] = x; points[n + 1] = y;
    }
    arcs.push({ left: village, right: other, points });
  }
  return arcs;
}

// The rings of every village, its arcs linked end to end, and the box around them.
function ringsOf(arcs, count) {
  const own = Array.from({ length: count }, () => []);
  for (const arc of arcs) {
    own[arc.left].push([arc.points, false]);
    if (arc.right >= 0) { own[arc.right].push([arc.points, true]); }
  }
  return own.map(linked);
}

function linked(pieces) {
  const ends = ([points, isBack]) => {
    const first = [points[0], points[1]], last = [points.at(-2), points.at(-1)];
    return isBack ? [last, first] : [first, last];
  };
  const key = ([x, y]) => x * 33554432 + y;
  const begin = new Map();
  for (const piece of pieces) {
    const start = key(ends(piece)[0]);
    if (!begin.has(start)) { begin.set(start, []); }
    begin.get(start).push(piece);
  }
  const rings = [], box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const list of begin.values()) {
    while (list.length) {
      const ring = [];
      let piece = list.pop();
      while (piece) {
        const [points, isBack] = piece, size = points.length;
        for (let n = 0; n < size; n += 2) {
          const m = isBack ? size - 2 - n : n;
          ring.push(points[m], points[m + 1]);
          box[0] = Math.min(box[0], points[m]); box[2] = Math.max(box[2], points[m]);
          box[1] = Math.min(box[1], points[m + 1]); box[3] = Math.max(box[3], points[m + 1]);
        }
        piece = begin.get(key(ends(piece)[1]))?.pop();
      }
      rings.push(ring);
    }
  }
  return { rings, box };
}

function trace(path, points) {
  path.moveTo(points[0], points[1]);
  for (let n = 2; n < points.length; n += 2) { path.lineTo(points[n], points[n + 1]); }
}

function pathOf(village) {
  const path = new Path2D();
  for (const ring of village.rings) { trace(path, ring); path.closePath(); }
  return path;
}
