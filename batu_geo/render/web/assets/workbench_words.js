// Words, numbers and elements. All text is text: nothing from data becomes HTML.
const GIVEN = JSON.parse(document.getElementById("given").textContent);

export const { language, looks, symbols } = GIVEN;
const locale = language === "id" ? "id-ID" : "en-GB";
const formats = new Map();

export const byId = (id) => document.getElementById(id);

// A word of the catalogue, its values filled in.
export function say(key, values = {}) {
  const text = GIVEN.words[key];
  if (text === undefined) { return key; }
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// A code of a list, such as a model or a kind of evidence; one of the user's own stays as it is.
export const coded = (list, code) => GIVEN.codes[list]?.[code] ?? String(code ?? "");
export const codes = (list) => Object.keys(GIVEN.codes[list] ?? {});

export function number(value, digits = 0) {
  if (value === null || value === undefined || Number.isNaN(value)) { return say("no_data"); }
  if (!Number.isFinite(value)) { return say("infinite"); }
  if (!formats.has(digits)) {
    formats.set(digits, new Intl.NumberFormat(locale, {
      minimumFractionDigits: digits, maximumFractionDigits: digits }));
  }
  return formats.get(digits).format(value);
}

export const percent = (value) => (
  value === null || value === undefined ? say("no_data") : `${number(value, 1)}%`);

const MILLION = 1e6;
export function rupiah(value) {
  if (value === null || value === undefined) { return say("no_data"); }
  if (value === 0) { return "Rp0"; }
  return value >= 1e9 ? say("bench_billion", { amount: number(value / 1e9, 2) })
    : say("bench_million", { amount: number(value / MILLION, value % MILLION ? 1 : 0) });
}

export const clock = (hour) => `${String(hour).padStart(2, "0")}${language === "id" ? "." : ":"}00`;

// An element with a text, a class and attributes.
export function made(tag, text = "", className = "", attributes = {}) {
  const element = document.createElement(tag);
  if (text !== "") { element.textContent = text; }
  if (className) { element.className = className; }
  for (const [name, value] of Object.entries(attributes)) { element.setAttribute(name, value); }
  return element;
}

export function button(text, press, className = "", attributes = {}) {
  const element = made("button", text, className, { type: "button", ...attributes });
  element.addEventListener("click", press);
  return element;
}

// What a number became against another one: purple for more, red for less.
export function difference(value, digits = 0) {
  const rounded = Number(value.toFixed(digits));
  if (rounded === 0) { return made("span", "0", "same"); }
  const sign = rounded > 0 ? "+" : "\u2212";
  return made("span", `${sign}${number(Math.abs(rounded), digits)}`, rounded > 0 ? "plus" : "minus");
}

// The kind of evidence a number rests on, as a small mark.
export const basis = (kind) => made("span", coded("evidence", kind), `basis ${kind}`);

// A symbol of the program's own, drawn once in Python for all pages.
export function drawn(name) {
  const parsed = new DOMParser().parseFromString(symbols[name], "image/svg+xml");
  return document.importNode(parsed.documentElement, true);
}

const SVG = "http://www.w3.org/2000/svg";
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) { element.setAttribute(name, value); }
  element.append(...children);
  return element;
}

// New content for an element without losing the place of the keyboard: what had the focus is
// found again by its `data-at`.
export function redraw(parent, ...children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const at = focused?.closest("[data-at]")?.dataset.at;
  parent.replaceChildren(...children);
  if (at !== undefined) {
    const same = [...parent.querySelectorAll("[data-at]")].find((one) => one.dataset.at === at);
    same?.focus({ preventScroll: true });
  }
}

// One polite sentence for those who listen; nothing is said while a hand is moving.
export function tell(sentence) { byId("said").textContent = sentence; }

let fading = 0;
let offered = null;
export function toast(text, { bad = false, action = null, stays = false, progress = null } = {}) {
  const box = byId("toast");
  clearTimeout(fading);
  // The next step of one job: its button stays, so that a press between two steps is not lost.
  if (action && offered === action.press && !box.hidden) {
    box.firstChild.textContent = text;
    box.querySelector("progress")?.setAttribute("aria-label", text);
    return;
  }
  offered = action?.press ?? null;
  box.className = bad ? "toast bad" : "toast";
  box.hidden = false;
  box.replaceChildren(made("span", text));
  if (progress !== null) {
    const bar = made("progress", "", "", { "aria-label": text });
    if (progress !== true) { bar.value = progress; }
    box.append(bar);
  }
  if (action) { box.append(button(action.text, action.press)); }
  box.append(button("\u00d7", () => { box.hidden = true; }, "", { "aria-label": say("bench_dismiss") }));
  if (!stays) { fading = setTimeout(() => { box.hidden = true; }, bad ? 12000 : 6000); }
}
