// Search, card and table. Names are only ever textContent.
const MOST_FOUND = 12;
const given = JSON.parse(document.getElementById("data").textContent);
const words = given.words;
const whole = new Intl.NumberFormat(given.language === "id" ? "id-ID" : "en-GB");
const tenths = new Intl.NumberFormat(whole.resolvedOptions().locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const share = (beyond, people) => (people ? `${tenths.format((100 * beyond) / people)}%` : words.nobody);
const bandOf = (band) => (band ? words.band_of.replace("{band}", whole.format(band)).replace("{bands}", whole.format(given.bands)) : "-");
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

function made(tag, text, more = {}) {
  return Object.assign(document.createElement(tag), { textContent: text }, more);
}

function ownPage(code) {
  const address = given.links[code];
  return address ? made("a", words.own_page, { href: address, className: "own-page" }) : made("span", "-");
}

(async () => {
  const villages = JSON.parse(await unpackedText(given.villages));
  const list = readArcs(await unpackedBytes(given.arcs.text));
  const shapes = ringsOf(list, villages.id.length);
  const all = [Infinity, Infinity, -Infinity, -Infinity], boxes = given.regions.map(() => [...all]);
  const widen = (box, other) => {
    box[0] = Math.min(box[0], other[0]); box[1] = Math.min(box[1], other[1]);
    box[2] = Math.max(box[2], other[2]); box[3] = Math.max(box[3], other[3]);
  };
  shapes.forEach(({ box }, n) => { widen(all, box); widen(boxes[villages.region[n]], box); });
  const typical = Math.sqrt(((all[2] - all[0]) * (all[3] - all[1])) / Math.max(shapes.length, 1));
  const card = document.querySelector(".card-box");
  let opener = null;

  function show(title, rows, code) {
    const close = made("button", "×", { type: "button", className: "small", ariaLabel: words.close });
    close.addEventListener("click", hide);
    const head = made("header", ""), facts = made("dl", "");
    head.append(made("h2", title), close);
    for (const [name, value] of rows) { facts.append(made("dt", name), made("dd", value)); }
    card.replaceChildren(head, facts, ...(given.links[code] ? [ownPage(code)] : []));
    card.hidden = false;
    document.body.classList.add("with-card");
    opener = document.activeElement;
    card.focus({ preventScroll: true });
  }
  function hide() { card.hidden = true; document.body.classList.remove("with-card"); map.mark(-1); opener?.focus(); }
  card.addEventListener("keydown", (event) => { if (event.key === "Escape") { hide(); } });

  function openVillage(n) {
    if (n < 0) { hide(); return; }
    const region = given.regions[villages.region[n]];
    map.mark(n);
    show(villages.name[n], [
      [words.code, villages.id[n]], [words.region, region.title],
      [words.people, whole.format(villages.people[n])],
      [words.beyond, whole.format(villages.beyond[n])],
      [words.share, share(villages.beyond[n], villages.people[n])],
      [words.band, bandOf(villages.band[n])], [words.evidence, given.evidence[region.evidence] ?? "-"],
      [words.lacking, whole.format(region.criteria_lacking)],
    ], region.region);
  }
  function openRegion(n) {
    const region = given.regions[n];
    map.mark(-1); map.fit(boxes[n]);
    show(region.title, [
      [words.code, region.region], [words.villages, whole.format(region.villages)],
      [words.people, whole.format(region.population)], [words.beyond, whole.format(region.people_beyond)],
      [words.share, share(region.people_beyond, region.population)], [words.units, whole.format(region.units)],
      [words.band, bandOf(region.band)], [words.evidence, given.evidence[region.evidence] ?? "-"],
      [words.lacking, whole.format(region.criteria_lacking)],
    ], region.region);
  }
  const map = setUpMap(shapes, { list, typical, height: all[3] }, villages, given, openVillage);
  map.fit(all);
  document.querySelector(".legend").open = window.innerWidth >= 640;
  document.querySelector(".whole").addEventListener("click", () => map.fit(all));
  document.querySelector(".print").addEventListener("click", () => window.print());

  const names = villages.name.map(plain), found = document.querySelector(".found");
  const titles = given.regions.map((region) => plain(region.title));
  document.querySelector(".search").addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = plain(event.target.querySelector("input").value), said = document.querySelector(".said");
    if (!wanted) { return; }
    const hits = [];
    titles.forEach((title, n) => { if (title.includes(wanted)) { hits.push([title === wanted ? 0 : 1, given.regions[n].title, () => openRegion(n)]); } });
    names.forEach((name, n) => {
      if (!name.includes(wanted) && villages.id[n] !== wanted) { return; }
      const rank = name === wanted || villages.id[n] === wanted ? 0 : name.startsWith(wanted) ? 1 : 2;
      hits.push([rank, `${villages.name[n]}, ${given.regions[villages.region[n]].title}`, () => { map.fit(shapes[n].box.map((v, k) => v + (k < 2 ? -6 : 6) * typical)); openVillage(n); }]);
    });
    hits.sort((one, other) => one[0] - other[0]);
    said.textContent = hits.length ? words.hits.replace("{count}", whole.format(hits.length)) : words.none;
    found.replaceChildren(...hits.slice(0, MOST_FOUND).map(([, title, open]) => {
      const item = made("li", ""), button = made("button", title, { type: "button", className: "link" });
      button.addEventListener("click", open);
      item.append(button);
      return item;
    }));
    found.hidden = hits.length < 2;
    if (hits.length === 1) { hits[0][2](); }
  });

  const table = document.querySelector("table.villages");
  const columns = [
    [words.region, (r) => r.title, (r) => r.title], [words.villages, (r) => r.villages, (r) => whole.format(r.villages)],
    [words.people, (r) => r.population, (r) => whole.format(r.population)],
    [words.beyond, (r) => r.people_beyond, (r) => whole.format(r.people_beyond)],
    [words.share, (r) => (r.population ? r.people_beyond / r.population : -1), (r) => share(r.people_beyond, r.population)],
    [words.units, (r) => r.units, (r) => whole.format(r.units)],
    [words.evidence, (r) => given.evidence[r.evidence] ?? "-", (r) => given.evidence[r.evidence] ?? "-"],
    [words.band, (r) => r.band, (r) => bandOf(r.band)], [words.lacking, (r) => r.criteria_lacking, (r) => whole.format(r.criteria_lacking)],
    [words.maps, () => 0, null],
  ];
  function fill(by, isDown) {
    const head = made("tr", "");
    columns.forEach(([title], n) => {
      const cell = made("th", "", { scope: "col" }), button = made("button", title, { type: "button" });
      if (n === by) { cell.ariaSort = isDown ? "descending" : "ascending"; }
      button.addEventListener("click", () => fill(n, n === by ? !isDown : n > 0));
      cell.append(button); head.append(cell);
    });
    const order = given.regions.map((_, n) => n).sort((a, b) => {
      const one = columns[by][1](given.regions[a]), other = columns[by][1](given.regions[b]);
      const sign = typeof one === "string" ? one.localeCompare(other) : one - other;
      return isDown ? -sign : sign;
    });
    const rows = order.map((n) => {
      const row = made("tr", ""), name = made("th", "", { scope: "row" });
      const button = made("button", given.regions[n].title, { type: "button", className: "link" });
      button.addEventListener("click", () => openRegion(n));
      name.append(button); row.append(name);
      for (const [, , text] of columns.slice(1, -1)) { row.append(made("td", text(given.regions[n]))); }
      const last = made("td", ""); last.append(ownPage(given.regions[n].region)); row.append(last);
      return row;
    });
    const top = made("thead", ""), body = made("tbody", "");
    top.append(head); body.append(...rows);
    table.replaceChildren(top, body);
  }
  fill(4, true);
  document.querySelector(".nation").dataset.ready = "yes";
})();
