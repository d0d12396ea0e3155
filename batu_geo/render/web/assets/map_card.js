// What the card of a thing is made of, on every page: a head, facts, a table. Text is text.
function cardPart(tag, content, className) {
  const element = document.createElement(tag);
  if (content !== undefined) { element.append(content); }
  if (className) { element.className = className; }
  return element;
}

function cardHead(title, closing, close) {
  const head = cardPart("header", cardPart("h2", title));
  const button = cardPart("button", "\u00d7", "small");
  button.type = "button";
  button.setAttribute("aria-label", closing);
  button.addEventListener("click", close);
  head.append(button);
  return head;
}

function cardFacts(pairs) {
  const list = cardPart("dl");
  for (const [name, value] of pairs) { list.append(cardPart("dt", name), cardPart("dd", value)); }
  return list;
}

// The first cell of a row heads it.
function cardTable(heads, rows) {
  const table = cardPart("table"), top = cardPart("thead", cardPart("tr")), body = cardPart("tbody");
  const heading = (text, kind, scope) => {
    const cell = cardPart("th", text, kind);
    cell.scope = scope;
    return cell;
  };
  heads.forEach((text, n) => top.firstChild.append(heading(text, n ? "" : "name", "col")));
  for (const [first, ...others] of rows) {
    const line = cardPart("tr", heading(first, "name", "row"));
    line.append(...others.map((cell) => cardPart("td", cell)));
    body.append(line);
  }
  table.append(top, body);
  return table;
}

// A card that stays open until it is closed; then the keyboard goes back to where it came from.
function cardBox(box, closing, closed) {
  let cameFrom = null;
  function close() {
    const isInside = box.contains(document.activeElement);
    box.hidden = true;
    box.replaceChildren();
    document.body.classList.remove("with-card");
    closed();
    if (isInside) { cameFrom?.focus({ preventScroll: true }); }
  }
  function show(title, content, isNew = true) {
    const at = [...box.querySelectorAll("button, a")].indexOf(document.activeElement);
    if (isNew && !box.contains(document.activeElement)) { cameFrom = document.activeElement; }
    box.replaceChildren(cardHead(title, closing, close), ...content);
    box.hidden = false;
    document.body.classList.add("with-card");
    if (isNew) { box.scrollTop = 0; box.scrollIntoView({ block: "nearest" }); box.focus({ preventScroll: true }); }
    if (!isNew && at >= 0) { box.querySelectorAll("button, a")[at]?.focus({ preventScroll: true }); }
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !box.hidden) { close(); }
  });
  return { show, close };
}

// A shape of the map that the keyboard reaches and that a reader of the screen calls a button.
function pressable(element, name, press) {
  element.setAttribute("tabindex", "0");
  element.setAttribute("role", "button");
  element.setAttribute("aria-label", name);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); press(); }
  });
}

function linkButton(text, press) {
  const button = cardPart("button", text, "link");
  button.type = "button";
  button.addEventListener("click", press);
  return button;
}
