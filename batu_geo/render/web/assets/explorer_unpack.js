// Reads what render/packing.py wrote: base64 of deflated steps, low bytes before high ones.
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const planes = new Uint8Array(await new Response(stream).arrayBuffer());
  const count = planes.length / 2;
  const values = new Uint16Array(count);
  let last = 0;
  for (let n = 0; n < count; n++) {
    const zigzag = planes[n] | (planes[count + n] << 8);
    last = (last + ((zigzag >> 1) ^ -(zigzag & 1))) & 0xffff;
    values[n] = last;
  }
  return values;
}

// Replaces each packed text by its numbers; times become one row for each place.
async function opened(data) {
  const demand = data.demand;
  for (const name of ["village", "x", "y", "peopleLow", "peopleHigh"]) {
    demand[name] = await unpacked(demand[name]);
  }
  demand.count = demand.village.length;
  demand.people = Float64Array.from(demand.peopleLow, (low, n) => low + 65536 * demand.peopleHigh[n]);
  data.seconds = {};
  data.isSnapped = {};
  for (const mode of data.modes) {
    data.isSnapped[mode.name] = await unpacked(mode.isSnapped);
    const flat = await unpacked(mode.seconds);
    data.seconds[mode.name] = data.places.map((_, place) =>
      flat.subarray(place * demand.count, (place + 1) * demand.count));
  }
  return data;
}
