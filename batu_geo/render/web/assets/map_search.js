// Finds a village, facility or building by part of its name. Names are only ever textContent.
function plainName(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

function foundPlace(places, text) {
  const wanted = plainName(text);
  if (!wanted) { return undefined; }
  const names = places.map((place) => plainName(place.name));
  for (const fits of [(n) => n === wanted, (n) => n.startsWith(wanted), (n) => n.includes(wanted)]) {
    const number = names.findIndex(fits);
    if (number >= 0) { return places[number]; }
  }
  return undefined;
}

// Fills the list of names; `open` shows what was found, or nothing. Returns the finder by a whole name or id.
function setUpSearch(places, words, open) {
  const form = document.querySelector(".search");
  const box = form.querySelector("input");
  const said = document.querySelector(".said");
  form.querySelector("datalist").replaceChildren(...places.map((place) => {
    const option = document.createElement("option");
    option.value = place.name;
    return option;
  }));
  const find = () => {
    const place = foundPlace(places, box.value);
    said.textContent = place ? `${words.map_found}: ${place.name}` : words.map_not_found;
    open(place);
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); find(); });
  return (text) => places.find((place) => place.id === text || place.name === text);
}
