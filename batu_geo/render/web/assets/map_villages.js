// All villages in a table that sorts; while a hand moves only the cells that change are written.
// A column has a title, what it shows of its value, and the value it sorts by where that is another.
function villageTable(table, columns, villages, { by, open }) {
  let isUp = true;
  const titles = cardPart("tr"), body = cardPart("tbody"), head = cardPart("thead", titles);
  for (const [name, { title }] of Object.entries(columns)) {
    const cell = cardPart("th"), button = cardPart("button", title);
    cell.scope = "col";
    cell.dataset.name = name;
    button.type = "button";
    button.addEventListener("click", () => {
      isUp = by === name ? !isUp : name === "name" || name === "share";
      by = name;
      sort();
    });
    cell.append(button);
    titles.append(cell);
  }
  table.append(head, body);
  const shown = Object.entries(columns).filter(([name]) => name !== "name");
  const rows = villages.map((village, n) => {
    const line = cardPart("tr"), name = cardPart("th", linkButton(village.name, () => open(n)));
    name.scope = "row";
    const cells = shown.map(() => cardPart("td"));
    line.append(name, ...cells);
    body.append(line);
    return { n, name: village.name, line, cells };
  });

  function fill(valuesOf) {
    for (const row of rows) {
      const values = valuesOf(row.n);
      shown.forEach(([name, { show }], k) => {
        if (row[name] === values[name] && row.cells[k].hasChildNodes()) { return; }
        row.cells[k].replaceChildren(show(values[name], row.n));
      });
      Object.assign(row, values);
    }
  }

  function sort() {
    const way = isUp ? 1 : -1;
    for (const cell of titles.children) {
      if (cell.dataset.name === by) { cell.setAttribute("aria-sort", isUp ? "ascending" : "descending"); }
      else { cell.removeAttribute("aria-sort"); }
    }
    const value = (row) => row[columns[by]?.by ?? by] ?? Infinity;
    const sorted = [...rows].sort((a, b) => {
      const [one, two] = [value(a), value(b)];
      return (one === two ? 0 : way * (typeof one === "string" ? one.localeCompare(two) : one - two)) || a.n - b.n;
    });
    if (sorted.some((row, n) => body.children[n] !== row.line)) {
      const focused = document.activeElement;
      body.append(...sorted.map((row) => row.line));
      if (body.contains(focused)) { focused.focus({ preventScroll: true }); }
    }
  }
  return { fill, sort };
}
