// The map as a printed page and as a PNG: panes from the lowest to the highest, then the legend.
function setUpPrint(map, bounds) {
  let before = null;
  const container = map.getContainer();
  const legend = document.querySelector(".legend");
  const start = () => {
    if (before) { return; }
    before = { center: map.getCenter(), zoom: map.getZoom(), open: legend.open };
    legend.open = true;
    document.body.classList.add("printing");
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(bounds, { animate: false, paddingTopLeft: [235, 4], paddingBottomRight: [4, 4] });
  };
  const end = () => {
    if (!before) { return; }
    document.body.classList.remove("printing");
    legend.open = before.open;
    map.invalidateSize({ animate: false, pan: false });
    map.setView(before.center, before.zoom, { animate: false });
    before = null;
  };
  window.addEventListener("beforeprint", start);
  window.addEventListener("afterprint", end);
  document.querySelector(".print").addEventListener("click", () => window.print());
}

function svgImage(svg, width, height) {
  const copy = svg.cloneNode(true);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const patterns = document.querySelector(".patterns defs");
  if (patterns) { copy.prepend(patterns.cloneNode(true)); }
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  copy.removeAttribute("style");
  const text = new XMLSerializer().serializeToString(copy);
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  });
}

function isSeen(element) {
  for (let part = element; part && part !== document.body; part = part.parentElement) {
    const looks = getComputedStyle(part);
    if (looks.display === "none" || looks.visibility === "hidden") { return false; }
  }
  return true;
}

// A pane of a swipe shows only one side: its clip in pixels of the map, or null.
function paneClip(pane, map) {
  const found = /rect\(([-\d.]+)px,? ([-\d.]+)px,? ([-\d.]+)px,? ([-\d.]+)px\)/.exec(pane.style.clip);
  if (!found) { return null; }
  const [top, right, bottom, left] = found.slice(1).map(Number);
  const corner = map.layerPointToContainerPoint([left, top]);
  return [corner.x, corner.y, right - left, bottom - top];
}

async function paintPane(pen, pane, map, frame) {
  const clip = paneClip(pane, map);
  pen.save();
  if (clip) { pen.beginPath(); pen.rect(...clip); pen.clip(); }
  for (const svg of pane.querySelectorAll("svg")) {
    if (!isSeen(svg)) { continue; }
    const box = svg.getBoundingClientRect();
    if (!box.width || !box.height) { continue; }
    const image = await svgImage(svg, svg.viewBox.baseVal.width || box.width, svg.viewBox.baseVal.height || box.height);
    pen.globalAlpha = Number(getComputedStyle(svg.parentElement).opacity);
    pen.drawImage(image, box.left - frame.left, box.top - frame.top, box.width, box.height);
    pen.globalAlpha = 1;
  }
  for (const image of pane.querySelectorAll("img.leaflet-image-layer")) {
    const box = image.getBoundingClientRect();
    pen.drawImage(image, box.left - frame.left, box.top - frame.top, box.width, box.height);
  }
  for (const span of pane.querySelectorAll(".village-name span")) {
    if (isSeen(span)) { paintLeader(pen, span, frame); paintSign(pen, span, frame); paintName(pen, span, frame); }
  }
  pen.restore();
}

function paintLeader(pen, span, frame) {
  const line = span.parentElement.querySelector(".leader:not([hidden])");
  if (!line) { return; }
  const [x, y] = ["marginLeft", "marginTop"].map((side) => parseFloat(span.style[side]) || 0);
  const box = span.getBoundingClientRect();
  const middle = [box.left - frame.left + box.width / 2, box.top - frame.top + box.height / 2];
  pen.lineWidth = 1;
  pen.strokeStyle = "#22303a";
  pen.beginPath();
  pen.moveTo(middle[0] - x, middle[1] - y);
  pen.lineTo(...middle);
  pen.stroke();
}

// The square and water stand at their places.
function paintSign(pen, span, frame) {
  if (!span.matches(".square, .water")) { return; }
  const at = span.parentElement.getBoundingClientRect();
  pen.fillStyle = getComputedStyle(span, "::before").backgroundColor;
  pen.fillRect(at.left - frame.left - 4, at.top - frame.top - 4, 8, 8);
}

function paintName(pen, span, frame) {
  const box = span.getBoundingClientRect();
  const badge = span.querySelector("i:not([hidden])");
  const middle = box.top - frame.top + box.height / 2;
  let left = box.left - frame.left + 2;
  pen.fillStyle = "rgba(255,255,255,.78)";
  pen.fillRect(left - 2, box.top - frame.top, box.width, box.height);
  pen.font = getComputedStyle(span).font;
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  if (badge) {
    const round = badge.getBoundingClientRect();
    pen.fillStyle = "#a63603";
    pen.beginPath();
    pen.roundRect(left, round.top - frame.top, round.width, round.height, 8);
    pen.fill();
    pen.fillStyle = "#fff";
    pen.fillText(badge.textContent, left + (round.width - pen.measureText(badge.textContent).width) / 2, middle);
    left += round.width + 3;
  }
  const name = [...span.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join("");
  pen.lineWidth = 3;
  pen.lineJoin = "round";
  pen.strokeStyle = "#fff";
  pen.strokeText(name, left, middle);
  pen.fillStyle = "#22303a";
  pen.fillText(name, left, middle);
}

// The legend line by line, as it stands in the page.
async function paintLegend(pen, left, top) {
  let y = top;
  pen.textBaseline = "middle";
  for (const part of document.querySelectorAll(".legend h2, .legend li")) {
    const isTitle = part.tagName === "H2";
    y += isTitle ? 26 : 20;
    pen.font = `${isTitle ? "700 " : ""}13px system-ui, sans-serif`;
    pen.fillStyle = "#1c2429";
    const svg = part.querySelector("svg");
    if (svg) {
      const [width, height] = svg.viewBox.baseVal.width > 20 ? [22, 13] : [18, 18];
      pen.drawImage(await svgImage(svg, width, height), left + 11 - width / 2, y - height / 2, width, height);
    }
    pen.fillStyle = "#1c2429";
    const said = [...part.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join("");
    wrapped(pen, said, isTitle ? 250 : 220).forEach((line, n) => {
      y += n ? 16 : 0;
      pen.fillText(line, left + (isTitle ? 0 : 29), y);
    });
  }
  return y + 20;
}

function wrapped(pen, text, width) {
  const lines = [""];
  for (const piece of text.split(" ")) {
    const longer = `${lines.at(-1)} ${piece}`.trim();
    if (pen.measureText(longer).width <= width || !lines.at(-1)) { lines[lines.length - 1] = longer; } else { lines.push(piece); }
  }
  return lines;
}

// Texts above the map, and the height they take.
function paintHeading(pen, width, isDrawn) {
  let y = 16;
  for (const [part, font] of [["header h1", "700 20px"], ["header p", "14px"], [".answer", "700 14px"], [".banner", "700 13px"]]) {
    const element = document.querySelector(part);
    if (!element || !element.textContent) { continue; }
    pen.font = `${font} system-ui, sans-serif`;
    for (const line of wrapped(pen, element.textContent, width - 32)) {
      pen.fillStyle = part === ".banner" ? "#5c4400" : "#14343b";
      if (isDrawn) { pen.fillText(line, 16, y + 10); }
      y += 22;
    }
  }
  return y + 6;
}

function paintSwipe(pen, frame) {
  const swipe = document.querySelector(".swipe");
  if (!swipe) { return; }
  const box = swipe.getBoundingClientRect();
  pen.fillStyle = "#14343b";
  pen.fillRect(box.left - frame.left + box.width / 2 - 1.5, 0, 3, frame.height);
  pen.textBaseline = "middle";
  for (const label of swipe.querySelectorAll("span")) {
    const place = label.getBoundingClientRect();
    pen.font = getComputedStyle(label).font;
    pen.fillStyle = "#14343b";
    pen.fillRect(place.left - frame.left, place.top - frame.top, place.width, place.height);
    pen.fillStyle = "#fff";
    pen.fillText(label.textContent, place.left - frame.left + 9, place.top - frame.top + place.height / 2);
  }
}

async function mapPicture(map) {
  const frame = map.getContainer().getBoundingClientRect(), side = 290, ratio = 2;
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const height = (await paintLegend(pen, 0, 0));
  const width = Math.max(640, frame.width + side);
  const top = paintHeading(pen, width, false);
  canvas.width = ratio * width;
  canvas.height = ratio * (top + Math.max(frame.height, height) + 30);
  pen.scale(ratio, ratio);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.textBaseline = "middle";
  paintHeading(pen, width, true);
  await paintLegend(pen, 16, top);
  pen.font = "12px system-ui, sans-serif";
  pen.fillText(document.querySelector("footer summary").textContent, 16, canvas.height / ratio - 14);
  pen.translate(side, top);
  pen.beginPath();
  pen.rect(0, 0, frame.width, frame.height);
  pen.clip();
  pen.fillStyle = "#eef1ee";
  pen.fillRect(0, 0, frame.width, frame.height);
  const panes = Object.values(map.getPanes()).filter((pane) => pane !== map.getPane("mapPane"));
  panes.sort((a, b) => Number(getComputedStyle(a).zIndex) - Number(getComputedStyle(b).zIndex));
  for (const pane of panes) { await paintPane(pen, pane, map, frame); }
  paintSwipe(pen, frame);
  return canvas;
}

function setUpPicture(map, name) {
  document.querySelector(".png").addEventListener("click", async () => {
    const canvas = await mapPicture(map);
    canvas.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${name.replace(/[^\p{L}\p{N}]+/gu, "-")}.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  });
}
