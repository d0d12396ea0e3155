// Live layers: where one more unit helps most, and which stretch, once lost, cuts off most people.
import { ask } from "./workbench_client.js";
import { act, app, follow, refused } from "./workbench_state.js";
import { gridPlaces, stretches } from "./workbench_map.js";
import { job, messageOf, progress } from "./workbench_jobs.js";
import { button, byId, looks, made, number, redraw, say, svg } from "./workbench_words.js";

const CLASSES = 5;

export function drawLayers(bench) {
  const group = L.featureGroup().addTo(bench.map);
  const canvas = L.canvas({ pane: "extra" });
  const out = made("div");
  const boxes = {};
  for (const [name, run] of [["one_more", surface], ["cut_off", stretchList]]) {
    const tick = made("label", "", "tick");
    const box = made("input", "", "", { type: "checkbox", id: `layer-${name}` });
    boxes[name] = box;
    box.addEventListener("change", () => {
      for (const other of Object.values(boxes)) { if (other !== box) { other.checked = false; } }
      refresh(name, run);
    });
    tick.append(box, say(`bench_layer_${name}`));
    byId("layers").append(tick);
  }
  byId("layers").append(out);
  let asked = 0;
  let underWay = null;
  let timer = 0;
  let drawnAt = app.state.revision;

  async function refresh(name, run) {
    asked += 1;
    const mine = asked;
    group.clearLayers();
    out.replaceChildren();
    // One layer at a time: one that is still being made for an older state is given up.
    await underWay?.();
    if (!boxes[name].checked || mine !== asked) { return; }
    await run(() => mine === asked);
  }

  async function surface(isNewest) {
    try {
      const result = await ask("/api/one_more", { revision: app.state.revision });
      // Nothing for a state that is past: the layer follows the newest one.
      if (result && isNewest()) { await drawSurface(result); }
    } catch (error) { boxes.one_more.checked = false; refused(error); }
  }

  async function stretchList(isNewest) {
    const ended = await job("/api/cut_off", { revision: app.state.revision }, (one, cancel) => {
      underWay = cancel;
      if (isNewest()) { redraw(out, progress(one, cancel)); }
    });
    if (!isNewest()) { return; }
    underWay = null;
    out.replaceChildren();
    if (!ended || ended.state === "cancelled") { boxes.cut_off.checked = false; return; }
    if (ended.state === "failed") { out.append(made("p", messageOf(ended), "warn")); return; }
    drawStretches(ended.result);
  }

  const openAt = (at) => act({ what: "open_unit", unit: {
    unit_id: app.state.next.unit, lon: at.lng, lat: at.lat, source: say("bench_source") } });

  // Each node of the roads, the darker the more people a unit there would newly reach.
  async function drawSurface(result) {
    const points = await gridPlaces(result);
    const low = await unpacked(result.people), high = await unpacked(result.peopleHigh);
    const people = Array.from(low, (one, n) => one + 65536 * high[n]);
    const most = people.reduce((a, b) => Math.max(a, b), 1);
    const dots = L.featureGroup().addTo(group);
    const order = points.map((_, n) => n).sort((a, b) => people[a] - people[b]);
    for (const n of order) {
      if (!people[n]) { continue; }
      const level = Math.min(CLASSES - 1, Math.floor((CLASSES * people[n]) / (most + 1)));
      L.circleMarker(points[n], { renderer: canvas, pane: "extra", radius: 2 + level, stroke: false,
        fillColor: looks.surface[level], fillOpacity: 0.75, people: people[n] }).addTo(dots);
    }
    dots.bindTooltip((dot) => say("bench_dot", { people: number(dot.options.people) }));
    dots.on("click", (event) => {
      if (app.tool !== "move") { return; }
      L.DomEvent.stopPropagation(event);
      openAt(event.layer.getLatLng());
    });
    const { best } = result;
    const key = made("p", "", "quiet");
    key.append(svg("svg", { width: 90, height: 12, "aria-hidden": "true" }, ...looks.surface.map((fill, n) => (
      svg("rect", { x: 18 * n, y: 1, width: 18, height: 10, fill })))), ` 0\u2013${number(most)} ${say("people")}`);
    out.append(key);
    if (best) {
      L.circleMarker([best.lat, best.lon], { pane: "extra", radius: 11, color: looks.new, weight: 3, fill: false, interactive: false }).addTo(group);
      const row = made("div", "", "buttons");
      row.append(button(say("bench_open_at_best"), () => openAt(L.latLng(best)), "primary"));
      out.append(made("p", say("bench_best_place", { people: number(best.people) })), row);
    }
  }

  function drawStretches({ stretches: rows }) {
    if (!rows.length) { out.append(made("p", say("bench_no_stretch"), "quiet")); return; }
    const list = made("ol", "", "stretches");
    for (const row of rows) {
      const line = L.geoJSON(row.shape, { pane: "extra", style: { color: looks.lost, weight: 5, opacity: 0.8 }, interactive: false }).addTo(group);
      const item = made("li");
      const name = row.name || say("bench_no_name");
      item.append(button(name, () => bench.fit(line.getBounds()), "link"), ` ${say("bench_cuts", { people: number(row.people) })} `,
        button(say("bench_close_it"), () => {
          stretches.set(String([row.lon, row.lat]), row.shape);
          act({ what: "change_street", closure: { name: `${name} (${number(row.people)})`.slice(0, 79), at: [row.lon, row.lat], at_most_m: 60, speed_factor: 0, source: say("bench_source") } });
        }, "small"));
      item.addEventListener("mouseenter", () => line.setStyle({ weight: 10 }));
      item.addEventListener("mouseleave", () => line.setStyle({ weight: 5 }));
      list.append(item);
    }
    out.append(list);
  }

  // A layer that is on follows the changes, when the hand rests.
  follow("state", () => {
    if (app.state.revision === drawnAt) { return; }
    drawnAt = app.state.revision;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (boxes.one_more.checked) { refresh("one_more", surface); }
      if (boxes.cut_off.checked) { refresh("cut_off", stretchList); }
    }, 700);
  });
}
