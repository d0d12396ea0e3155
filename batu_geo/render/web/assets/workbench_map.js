// The map: villages by share, streets, homes, units, buildings, and what is being changed.
import { CHANGE, PAIR, changeKinds, pairKinds, statesOf } from "./workbench_dots.js";
import { app, follow, shown, units } from "./workbench_state.js";
import { byId, drawn, looks, made, number, percent, say, svg } from "./workbench_words.js";

const GRID = 65535;
const MAIN_ROADS = { primary: 2.6, trunk: 2.6, motorway: 2.6, secondary: 2.1, tertiary: 1.6 };

export const latLng = ([lon, lat]) => L.latLng(lat, lon);

// Places of packed grids over the bounds of the homes.
function places(bounds, x, y) {
  const [west, south, east, north] = bounds;
  return Array.from(x, (one, n) => L.latLng(
    south + ((north - south) * y[n]) / GRID, west + ((east - west) * one) / GRID));
}

export async function openedHomes(study) {
  const homes = study.homes;
  for (const name of ["x", "y", "village", "peopleLow", "peopleHigh"]) {
    homes[name] = await unpacked(homes[name]);
  }
  homes.points = places(homes.bounds, homes.x, homes.y);
  const roads = study.roads;
  for (const name of ["class", "points", "x", "y"]) { roads[name] = await unpacked(roads[name]); }
}

export const gridPlaces = async (layer) => (
  places(layer.bounds, await unpacked(layer.x), await unpacked(layer.y)));

function panes(map) {
  ["villages", "roads", "dots", "extra", "names"].forEach((name, n) => {
    map.createPane(name).style.zIndex = String(300 + 40 * n);
  });
  map.getPane("names").style.pointerEvents = "none";
  map.getPane("dots").style.pointerEvents = "none";
  map.getPane("roads").style.pointerEvents = "none";
}

function roadLayer(study) {
  const { roads, homes } = study;
  const points = places(homes.bounds, roads.x, roads.y);
  const lines = new Map();
  let first = 0;
  roads.points.forEach((count, n) => {
    const width = MAIN_ROADS[roads.classes[roads.class[n]]?.replace("_link", "")] ?? 0.7;
    if (!lines.has(width)) { lines.set(width, []); }
    lines.get(width).push(points.slice(first, first + count));
    first += count;
  });
  const canvas = L.canvas({ pane: "roads", padding: 0.2 });
  const drawnLines = [...lines].map(([width, all]) => [width, L.polyline(all, {
    renderer: canvas, pane: "roads", interactive: false, weight: width,
    color: width > 1 ? "#9c8a70" : "#a29c90", opacity: width > 1 ? 0.9 : 0.8, smoothFactor: 1.5,
  })]);
  const group = L.layerGroup(drawnLines.map(([, one]) => one));
  // From near, streets are as wide as one can see and click them.
  group.widen = (zoom) => {
    for (const [width, one] of drawnLines) { one.setStyle({ weight: width + Math.max(0, zoom - 13) * 0.9 }); }
  };
  return group;
}

function shareColour(share) {
  if (share === null) { return looks.nobody; }
  return looks.share[looks.breaks.filter((limit) => 100 * share > limit).length];
}

// A house with its rank; broken where the building is made up, a cross where rules forbid it.
function house(building, gain, isOpen) {
  if (!gain || gain.rank === null) { return drawn("refused"); }
  const fill = isOpen ? looks.new : looks.house[gain.suitability] ?? looks.house.fit;
  const path = svg("path", { d: "M10 1 19 8v11H1V8z", fill, stroke: "#3d2f00", "stroke-width": 1.4 });
  if (building.evidence === "illustrative") { path.setAttribute("stroke-dasharray", "3 2"); }
  const text = svg("text", {
    x: 10, y: 16, "text-anchor": "middle", "font-size": gain.rank < 100 ? 10 : 9.2,
    "font-weight": 700, fill: isOpen ? "#fff" : "#3d2f00" });
  text.textContent = String(gain.rank);
  return svg("svg", { viewBox: "0 0 20 20", width: 24, height: 24, "aria-hidden": "true" }, path, text);
}

export function benchMap(hand) {
  const study = app.study;
  const [west, south, east, north] = study.bounds;
  const area = L.latLngBounds([south, west], [north, east]);
  const map = L.map("map", {
    zoomSnap: 0.25, zoomDelta: 0.5, attributionControl: false, zoomControl: false,
    maxBounds: area.pad(0.6), minZoom: 8, maxZoom: 19, boxZoom: false });
  // The city stands beside the legend where there is room for both.
  const beside = map.getSize().x > 600 ? 160 : 0;
  map.fitBounds(area, { paddingTopLeft: [8 + beside, 8], paddingBottomRight: [8, 8] });
  L.control.zoom({ position: "topright", zoomInTitle: say("bench_zoom_in"), zoomOutTitle: say("bench_zoom_out") }).addTo(map);
  panes(map);
  const villages = study.villages.map((village, n) => {
    const shape = L.geoJSON(village.shape, {
      pane: "villages", style: { color: "#7a8b99", weight: 1.2, fillOpacity: 1 }, interactive: false });
    village.bounds = shape.getBounds();
    village.layer = shape;
    village.index = n;
    return shape.addTo(map);
  });
  const roads = roadLayer(study).addTo(map);
  const dots = new DotLayer(study.homes.points).addTo(map);
  L.layerGroup([orientationLayer(study.orientation, "roads"), ...study.villages.map(nameMarker)]).addTo(map);
  const extra = L.layerGroup().addTo(map);
  const lit = L.layerGroup().addTo(map);
  const marks = new Map();
  // What is as it was is not written again while a hand moves.
  const fills = [];
  let areOthers = false;
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  keepNames(map, { north: say("north") });
  map.on("zoomend", () => roads.widen(map.getZoom()));

  function homes() {
    const { base, now, isPair } = shown();
    const count = study.homes.count;
    const before = statesOf(base.homes, count), after = statesOf(now.homes, count);
    if (isPair) { dots.show(pairKinds(before, after), PAIR.map((kind) => looks.pair[kind]), [2, 3]); return; }
    dots.show(changeKinds(before, after), CHANGE.map((kind) => looks.dots[kind]), [4, 5]);
  }

  function shares() {
    const { now } = shown();
    now.villages.forEach((row, n) => {
      const all = study.villages[n].population;
      const fillColor = shareColour(all ? row[0] / all : null);
      if (fills[n] !== fillColor) { villages[n].setStyle({ fillColor }); fills[n] = fillColor; }
    });
    areOthers = showRanks(study.villages, now.ranking.map(({ village, rank }) => ({ n: village, rank }))) || areOthers;
    // Names find their places anew when the hand rests.
    if (areOthers && !app.preview) { areOthers = false; thinNames(map); }
  }

  // Markers stay the same elements, so that the keyboard keeps its place.
  function place(id, at, content, className, { name, draggable, zIndex }) {
    const known = marks.get(id);
    if (known) {
      const element = known.marker.getElement();
      if (!known.isHeld && !known.marker.getLatLng().equals(at)) { known.marker.setLatLng(at); }
      if (known.key !== content.key) { element.replaceChildren(content.draw()); known.key = content.key; }
      if (known.name !== name) { element.setAttribute("aria-label", name); known.name = name; }
      if (known.zIndex !== zIndex) { known.marker.setZIndexOffset(zIndex); known.zIndex = zIndex; }
      return;
    }
    const marker = L.marker(at, {
      icon: L.divIcon({ className, html: content.draw(), iconSize: content.size, iconAnchor: content.anchor }),
      keyboard: true, draggable, autoPan: true, zIndexOffset: zIndex });
    const mark = { id, key: content.key, name, zIndex, marker, isHeld: false };
    marks.set(id, mark);
    marker.on("add", () => {
      const element = marker.getElement();
      element.setAttribute("role", "button");
      element.setAttribute("aria-label", name);
      element.dataset.id = id;
    });
    marker.bindTooltip(() => made("span", marker.getElement()?.getAttribute("aria-label") ?? name), { direction: "top", offset: [0, -10] });
    marker.addTo(map);
    hand.bind(mark, { draggable });
  }

  function symbolOf(facility) {
    if (!facility.isUnit) {
      return { PUSKESMAS: "puskesmas", RUMAH_SAKIT: "hospital" }[facility.kind] ?? "other";
    }
    if (!facility.isOpen) { return "unit_closed"; }
    return facility.join && !facility.join.isJoined ? "unit_off_road" : "unit_open";
  }

  function drawUnits() {
    const seen = new Set();
    for (const unit of everyUnit()) {
      seen.add(unit.id);
      if (unit.isInBuilding) { continue; }
      const symbol = symbolOf(unit);
      place(unit.id, [unit.lat, unit.lon], {
        key: symbol, draw: () => drawn(symbol), size: [22, 22], anchor: [11, 11],
      }, `symbol${unit.isNew ? " new" : ""}`, {
        name: unitLabel(unit), draggable: unit.isUnit, zIndex: unit.isUnit ? 500 : 0 });
    }
    const opened = new Set(units().filter((unit) => unit.isOpen).map((unit) => unit.id));
    const gains = new Map(shown().now.gains.map((row) => [row.id, row]));
    for (const building of study.buildings) {
      seen.add(building.id);
      const isOpen = opened.has(building.id), gain = gains.get(building.id) ?? building.lastGain;
      if (gains.has(building.id)) { building.lastGain = gains.get(building.id); }
      place(building.id, [building.lat, building.lon], {
        key: `${gain?.rank} ${gain?.suitability} ${isOpen}`, draw: () => house(building, gain, isOpen),
        size: [24, 24], anchor: [12, 22],
      }, "symbol site", { name: buildingLabel(building, gain, isOpen), draggable: false, zIndex: isOpen ? 400 : 0 });
    }
    for (const [id, mark] of marks) {
      if (!seen.has(id)) { mark.marker.remove(); marks.delete(id); }
    }
  }

  function links() {
    extra.clearLayers();
    for (const unit of units()) {
      if (unit.from && unit.isMoved) { dashed([latLng(unit.from), [unit.lat, unit.lon]], looks.new).addTo(extra); }
      if (unit.join && unit.join.lon !== undefined && unit.join.lon !== null) {
        dashed([[unit.lat, unit.lon], [unit.join.lat, unit.join.lon]], unit.join.isJoined ? "#14343b" : looks.lost).addTo(extra);
      }
    }
    for (const change of app.state.changes) {
      for (const shape of shapesOf(change)) { shape.addTo(extra); }
    }
  }

  follow("answer", () => { homes(); shares(); });
  follow("answer", drawUnits);
  follow("state", links);
  follow("units", links);
  const light = (change) => {
    lit.clearLayers();
    for (const mark of marks.values()) { mark.marker.getElement()?.classList.remove("lit"); }
    if (!change) { return; }
    const id = idOf(change.act);
    if (marks.has(id)) { marks.get(id).marker.getElement().classList.add("lit"); }
    for (const shape of shapesOf(change, 9)) { shape.setStyle?.({ opacity: 0.55 }); shape.addTo(lit); }
  };
  return { map, marks, extra, lit, light, fit: (bounds) => map.fitBounds(bounds, { padding: [30, 30], maxZoom: 15 }) };
}

const dashed = (line, color) => L.polyline(line, {
  pane: "extra", color, weight: 2, dashArray: "5 5", interactive: false });

// Units of the study as they are now, and those that were added.
export function everyUnit() {
  const now = new Map(units().map((unit) => [unit.id, unit]));
  const known = new Set(app.study.facilities.map((one) => one.id));
  const isBuilding = new Set(app.study.buildings.map((one) => one.id));
  return [
    ...app.study.facilities.map((one) => {
      const unit = now.get(one.id);
      return unit ? { ...one, ...unit, isUnit: one.isUnit || unit.isOpen } : one;
    }),
    ...units().filter((unit) => !known.has(unit.id))
      .map((unit) => ({ ...unit, isUnit: true, isInBuilding: isBuilding.has(unit.id) })),
  ];
}

export function unitLabel(unit) {
  const name = unit.name || unit.id;
  if (!unit.isUnit) { return `${name} (${unit.kindLabel})`; }
  return `${name}${unit.isOpen ? "" : ` (${say("bench_closed")})`}`;
}

function buildingLabel(building, gain, isOpen) {
  if (isOpen) { return `${building.name}: ${say("bench_unit_opened")}`; }
  if (!gain || gain.rank === null) { return `${building.name}: ${say("bench_ruled_out")}`; }
  return `${building.name}: +${number(gain.gain)} ${say("people")}`;
}

export const idOf = (act) => act.unit?.unit_id ?? act.unit_id ?? act.facility_id;

// Where a change is on the map.
export function placeOf(change) {
  const { act } = change, id = idOf(act);
  if (act.closure?.at) { return L.latLngBounds([latLng(act.closure.at)]); }
  if (act.closure?.polygon?.length) { return L.latLngBounds(act.closure.polygon.map(latLng)); }
  if (act.road) { return L.latLngBounds(act.road.line.map(latLng)); }
  const unit = everyUnit().find((one) => one.id === id) ?? app.study.buildings.find((one) => one.id === id);
  if (unit) { return L.latLngBounds([[unit.lat, unit.lon], ...(unit.from ? [latLng(unit.from)] : [])]); }
  return null;
}

export const stretches = new Map();
function shapesOf(change, more = 0) {
  if (!change.isOn && !more) { return []; }
  const { act } = change;
  if (act.road) {
    return [L.polyline(act.road.line.map(latLng), { pane: "extra", color: "#fff", weight: 7 + more, interactive: false }),
      L.polyline(act.road.line.map(latLng), { pane: "extra", color: looks.road, weight: 3.5 + more, interactive: false })];
  }
  if (!act.closure) { return []; }
  const color = act.closure.speed_factor > 1 ? looks.road : looks.lost;
  const line = stretches.get(String(act.closure.at));
  const style = { pane: "extra", color, weight: 4.5 + more, dashArray: act.closure.speed_factor ? "8 5" : "2 7", interactive: false };
  if (line) { return [L.geoJSON(line, { style: () => style, ...style })]; }
  if (act.closure.at) { return [L.circleMarker(latLng(act.closure.at), { ...style, radius: 7 + more, dashArray: null, weight: 3 })]; }
  return act.closure.polygon?.length ? [L.polygon(act.closure.polygon.map(latLng), { ...style, fillOpacity: 0.1 })] : [];
}

// The legend has the kinds of homes of what is shown, and the unknown where they occur.
export function showLegend() {
  const { isPair, now } = shown();
  const isOn = { district: app.study.orientation.lines.length > 0, nobody: app.study.villages.some((village) => !village.population),
    unreachable: now.groups.unreachable + now.groups.cutOff > 0, not_snapped: now.groups.notSnapped > 0 };
  for (const line of document.querySelector(".legend").querySelectorAll("[data-kind]")) {
    const { kind } = line.dataset;
    const isOfPair = kind in looks.pair;
    const isOfHomes = isOfPair || kind in looks.dots;
    line.hidden = (isOfHomes && isOfPair !== isPair) || isOn[kind] === false;
  }
}
