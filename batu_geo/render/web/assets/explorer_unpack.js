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

// Replaces each packed text by its numbers; times become homes and seconds for each place, and for
// each pattern of staffing the seconds to the nearest unit that is far.
async function opened(data) {
  const demand = data.demand;
  for (const name of ["village", "x", "y", "peopleLow", "peopleHigh"]) {
    demand[name] = await unpacked(demand[name]);
  }
  demand.count = demand.village.length;
  demand.people = Float64Array.from(demand.peopleLow, (low, n) => low + 65536 * demand.peopleHigh[n]);
  data.seconds = {};
  data.far = {};
  data.isSnapped = {};
  for (const mode of data.modes) {
    data.isSnapped[mode.name] = await unpacked(mode.isSnapped);
    const seconds = await unpacked(mode.seconds);
    const high = await unpacked(mode.homeHigh);
    const home = Uint32Array.from(await unpacked(mode.homeLow), (low, n) => low + 65536 * high[n]);
    data.seconds[mode.name] = data.places.map((_, place) => ({
      home: home.subarray(mode.first[place], mode.first[place + 1]),
      seconds: seconds.subarray(mode.first[place], mode.first[place + 1]),
    }));
    data.far[mode.name] = await Promise.all(mode.far.map(unpacked));
  }
  return data;
}
