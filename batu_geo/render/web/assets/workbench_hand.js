// The hand: five tools on the map, by mouse, finger or keys.
import { Stopped, ask, tab } from "./workbench_client.js";
import { previews } from "./workbench_previews.js";
import { act, app, endPreview, refused, showPreview, stopped, units, villageName } from "./workbench_state.js";
import { everyUnit, latLng, stretches } from "./workbench_map.js";
import { byId, looks, made, number, say, svg, tell, toast } from "./workbench_words.js";

const STEP = 4;
const BIG_STEP = 20;
const REST_MS = 600;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
export const TOOLS = [["move", "v"], ["add", "u"], ["close", "t"], ["slow", "l"], ["draw", "j"]];
const ICONS = {
  move: "M4 2v13l3.5-3.2L10 18l2.3-1-2.5-5.8H15z",
  add: "M10 3v14M3 10h14",
  close: "M4 4l12 12M16 4L4 16",
  slow: "M10 4a7 7 0 1 0 7 7M10 11l4-5",
  draw: "M3 16c4 0 3-6 7-6s3-6 7-6",
};
const round = (degrees) => Math.round(degrees * 1e6) / 1e6;

export function theHand({ choose, whyAt }) {
  let bench = null;
  let line = [];
  let drawing = null;
  let factor = 0.5;
  let held = null;
  const streetSeen = {};

  const queue = previews(async (wanted, seq, since) => {
    try {
      if (wanted.street) { return { street: await ask("/api/street", wanted.street) }; }
      return await ask("/api/preview", { tab, seq, since, acts: wanted.acts });
    } catch (error) {
      if (error instanceof Stopped) { stopped(); return null; }
      return { error };
    }
  }, (answer, wanted) => {
    if (answer.error || answer.refused) {
      endPreview();
      hint(answer.refused ?? answer.error.message.replace(/^BG-\d+:?\s*/, ""), true);
      return;
    }
    if (answer.street && !answer.street.shape) { bench.lit.clearLayers(); hint(say("bench_no_street"), true); return; }
    if (answer.street) { showStreet(answer.street, wanted.street); return; }
    showPreview(answer);
    const unit = answer.units.find((one) => one.id === wanted.id);
    if (unit) { hint(...sayJoin(unit)); }
  });

  function hint(text, isWarning = false) {
    const box = byId("hint");
    box.hidden = !text;
    box.textContent = text;
    box.classList.toggle("warn", isWarning);
  }

  // How far a unit is from the road, where, and whether anybody will reach it.
  function sayJoin(unit) {
    const village = unit.village === null ? say("bench_outside") : villageName(unit.village);
    if (!unit.join || unit.join.metres === null) { return [say("bench_hint_no_road", { village }), true]; }
    const metres = number(unit.join.metres);
    if (!unit.join.isJoined) { return [say("bench_hint_too_far", { metres, village }), true]; }
    return [say("bench_hint_join", { metres, village }), false];
  }

  function moved(id, at) { return { what: "move_unit", unit_id: id, lon: round(at.lng), lat: round(at.lat) }; }
  const opened = (at) => ({ what: "open_unit", unit: {
    unit_id: app.state.next.unit, lon: round(at.lng), lat: round(at.lat), source: say("bench_source") } });

  // A place where nothing can be is said before it becomes a step.
  async function put(what) {
    const tried = await ask("/api/preview", { tab, seq: queue.forget(), acts: [what] }).catch(() => null);
    if (!tried?.refused) { return act(what); }
    endPreview();
    toast(tried.refused, { bad: true });
    tell(tried.refused);
    return false;
  }

  async function drop(mark) {
    const at = mark.marker.getLatLng();
    const isDone = await put(moved(mark.id, at));
    mark.isHeld = false;
    const unit = units().find((one) => one.id === mark.id);
    if (isDone && unit) { hint(...sayJoin(unit)); setTimeout(() => hint(""), 4000); }
    if (!isDone) { hint(""); const now = everyUnit().find((one) => one.id === mark.id); mark.marker.setLatLng([now.lat, now.lon]); }
  }

  // What a marker does: drag, click, arrows and the Delete key.
  function bind(mark, { draggable }) {
    const { marker } = mark;
    marker.on("click", () => choose(mark.id, false));
    if (draggable) {
      marker.on("dragstart", () => { mark.isHeld = true; marker.closeTooltip(); });
      marker.on("drag", () => queue.want({ id: mark.id, acts: [moved(mark.id, marker.getLatLng())] }));
      marker.on("dragend", () => drop(mark));
    }
    marker.on("keydown", ({ originalEvent: event }) => {
      if (event.key === "Enter" || event.key === " ") { stop(event); settle(); choose(mark.id, true); return; }
      if (event.key === "Delete") { stop(event); settle(); toggle(mark.id); return; }
      const way = ARROWS[event.key];
      if (!way || !draggable || event.ctrlKey || event.altKey) { return; }
      stop(event);
      const step = event.shiftKey ? BIG_STEP : STEP;
      const from = bench.map.latLngToContainerPoint(marker.getLatLng());
      marker.setLatLng(bench.map.containerPointToLatLng(from.add([step * way[0], step * way[1]])));
      mark.isHeld = true;
      queue.want({ id: mark.id, acts: [moved(mark.id, marker.getLatLng())] });
      if (held?.mark !== mark) { settle(); }
      clearTimeout(held?.timer);
      held = { mark, timer: setTimeout(settle, REST_MS) };
    });
    marker.on("blur", settle);
  }

  // A unit that was moved by keys is put down.
  function settle() {
    if (!held) { return; }
    const { mark, timer } = held;
    clearTimeout(timer);
    held = null;
    drop(mark);
  }

  function toggle(id) {
    const unit = everyUnit().find((one) => one.id === id);
    if (!unit?.isUnit) { return; }
    const statuses = app.study.choices.statuses;
    const open = statuses.find((one) => one.isOpen).name;
    const closed = (statuses.find((one) => one.name === "temporarily_closed") ?? statuses.find((one) => !one.isOpen)).name;
    act({ what: "set_status", unit_id: id, status: unit.isOpen ? closed : open });
  }

  function showStreet(street, asked) {
    streetSeen.at = asked;
    streetSeen.street = street;
    bench.lit.clearLayers();
    const color = app.tool === "close" ? looks.lost : looks.road;
    L.geoJSON(street.shape, { pane: "extra", style: { color, weight: 7, opacity: 0.75 }, interactive: false }).addTo(bench.lit);
    const values = { name: street.name || say("bench_no_name"), metres: number(street.length) };
    hint(say(app.tool === "close" ? "bench_hint_close" : "bench_hint_slow", values));
  }

  async function changeStreet(at) {
    const asked = { lon: round(at.lng), lat: round(at.lat) };
    const speed = app.tool === "close" ? 0 : factor;
    let street = null;
    try { street = await ask("/api/street", asked); } catch (error) { refused(error); return; }
    if (!street.shape) { hint(say("bench_no_street"), true); return; }
    const place = [asked.lon, asked.lat];
    stretches.set(String(place), street.shape);
    queue.forget();
    await act({ what: "change_street", closure: {
      name: freeName(street.name ? `${street.name}` : app.state.next.street), at: place, at_most_m: 60,
      speed_factor: speed, source: say("bench_source") } });
    bench.lit.clearLayers();
    hint("");
  }

  // A name that no closure has yet: two stretches of one street are two changes.
  function freeName(name) {
    const start = name.slice(0, 70), taken = new Set(app.state.changes.map((change) => change.key));
    let free = start;
    for (let n = 2; taken.has(`street:${free}`); n++) { free = `${start} (${n})`; }
    return free;
  }

  function addPoint(at) {
    line.push(at);
    drawLine(at);
    hint(say(line.length < 2 ? "bench_hint_draw_more" : "bench_hint_draw_end"));
    byId("draw-end").disabled = line.length < 2;
  }

  function drawLine(to) {
    drawing?.remove();
    drawing = L.polyline([...line, to], { pane: "extra", color: looks.road, weight: 4, dashArray: "7 5", interactive: false }).addTo(bench.map);
  }

  async function endLine() {
    const corners = line.filter((at, n) => n === 0 || !at.equals(line[n - 1], 1e-6));
    forgetLine();
    if (corners.length < 2) { return; }
    const box = byId("road-class");
    await act({ what: "build_road", road: {
      name: app.state.next.road, line: corners.map((at) => [round(at.lng), round(at.lat)]),
      road_class: box.value, source: say("bench_source") } });
  }

  function forgetLine() {
    line = [];
    drawing?.remove();
    drawing = null;
    hint("");
    queue.forget();
    endPreview();
    if (byId("draw-end")) { byId("draw-end").disabled = true; }
  }

  function at(place) {
    if (app.tool === "move") { whyAt(place); return; }
    if (app.tool === "add") { put(opened(place)).then(() => hint("")); return; }
    if (app.tool === "draw") { addPoint(place); return; }
    changeStreet(place);
  }

  function hover(place) {
    if (app.tool === "add") { queue.want({ id: app.state.next.unit, acts: [opened(place)] }); return; }
    if (app.tool === "close" || app.tool === "slow") {
      queue.want({ street: { lon: round(place.lng), lat: round(place.lat) } });
      return;
    }
    if (app.tool === "draw" && line.length) { drawLine(place); }
  }

  function begin(onMap) {
    bench = onMap;
    const { map } = bench;
    map.doubleClickZoom.disable();
    map.on("click", (event) => { byId("map").classList.remove("by-key"); at(event.latlng); });
    map.on("dblclick", () => { if (app.tool === "draw") { endLine(); } });
    map.on("mousemove", (event) => hover(event.latlng));
    map.on("mouseout", () => { queue.forget(); endPreview(); bench.lit.clearLayers(); if (app.tool !== "draw") { hint(""); } });
    const box = map.getContainer();
    box.setAttribute("aria-label", say("bench_map_keys"));
    box.setAttribute("role", "application");
    map.on("moveend", () => { if (box.matches(":focus-visible")) { hover(map.getCenter()); } });
    box.addEventListener("keydown", (event) => {
      if (event.target !== box) { return; }
      if (event.key === "Enter") { stop(event); at(map.getCenter()); }
      if (event.key === "Backspace" && line.length) { stop(event); line.pop(); drawLine(line.at(-1) ?? map.getCenter()); }
    });
    document.addEventListener("keydown", keys);
  }

  function keys(event) {
    if (event.target.closest?.("input, select, textarea, dialog")) { return; }
    if (event.key === "Escape") { forgetLine(); bench.lit.clearLayers(); tool("move"); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    const wanted = TOOLS.find(([, letter]) => letter === event.key.toLowerCase());
    if (wanted) { tool(wanted[0]); }
  }

  function tool(name) {
    if (name !== app.tool) { forgetLine(); bench.lit.clearLayers(); }
    app.tool = name;
    document.body.dataset.tool = name;
    for (const one of byId("tool").querySelectorAll("[role=radio]")) {
      const isChosen = one.dataset.name === name;
      one.setAttribute("aria-checked", String(isChosen));
      one.tabIndex = isChosen ? 0 : -1;
    }
    byId("of-slow").hidden = name !== "slow";
    byId("of-draw").hidden = name !== "draw";
    if (name !== "move") { hint(say(`bench_start_${name}`)); tell(say(`bench_start_${name}`)); }
  }

  // The radio group of tools, and what two of them ask besides.
  function drawTools() {
    const group = byId("tool");
    for (const [name, letter] of TOOLS) {
      const one = made("button", "", "", { type: "button", role: "radio", "aria-checked": "false", "data-name": name, "aria-keyshortcuts": letter.toUpperCase() });
      one.append(svg("svg", { viewBox: "0 0 20 20", width: 20, height: 20, "aria-hidden": "true" }, svg("path", {
        d: ICONS[name], fill: name === "move" ? "currentColor" : "none", stroke: "currentColor", "stroke-width": name === "move" ? 1 : 2.2, "stroke-linecap": "round", "stroke-linejoin": "round" })),
      made("span", say(`bench_tool_${name}`)), made("kbd", letter.toUpperCase(), "", { "aria-hidden": "true" }));
      one.addEventListener("click", () => tool(name));
      group.append(one);
    }
    group.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (!step) { return; }
      stop(event);
      const now = TOOLS.findIndex(([name]) => name === app.tool);
      tool(TOOLS[(now + step + TOOLS.length) % TOOLS.length][0]);
      group.querySelector("[aria-checked=true]").focus();
    });
    byId("hand").append(ofSlow(), ofDraw());
    tool("move");
  }

  function ofSlow() {
    const box = made("label", "", "field wide speed", { id: "of-slow" });
    const select = made("select");
    for (const one of [0.25, 0.5, 0.75, 1.5, 2]) {
      select.append(new Option(say(one < 1 ? "bench_slower" : "bench_faster", { share: number(100 * one) }), one, false, one === factor));
    }
    select.addEventListener("change", () => { factor = Number(select.value); });
    box.append(made("span", say("bench_speed_left")), select);
    return box;
  }

  function ofDraw() {
    const box = made("div", "", "speed", { id: "of-draw" });
    const label = made("label", "", "field wide");
    const select = made("select", "", "", { id: "road-class" });
    for (const one of app.study.choices.roadClasses) {
      select.append(new Option(one.label, one.name, false, one.name === "residential"));
    }
    label.append(made("span", say("bench_road_class")), select);
    const end = made("button", say("bench_draw_end"), "primary", { type: "button", id: "draw-end" });
    end.disabled = true;
    end.addEventListener("click", endLine);
    box.append(label, end);
    return box;
  }

  return { bind, begin, drawTools, toggle, tool, hint };
}

function stop(event) { event.preventDefault(); event.stopPropagation(); }
