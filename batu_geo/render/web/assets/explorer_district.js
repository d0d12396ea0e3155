// The page of a district: says which buildings of an address count on other pages, and takes the
// address along to the page of another district.
const elsewhere = document.getElementById("elsewhere");

function chosenElsewhere() {
  const known = new Set(JSON.parse(elsewhere.dataset.known));
  const chosen = (location.hash.startsWith("#s=") ? location.hash.split(";")[4] : "") || "";
  return chosen.split(",").filter(Boolean).filter((id) => {
    try { return !known.has(decodeURIComponent(id)); } catch { return false; }
  });
}

let beyond = [];
function sayElsewhere() {
  beyond = chosenElsewhere();
  elsewhere.hidden = beyond.length === 0;
  elsewhere.textContent = elsewhere.dataset.says.replace("{names}", beyond.map(decodeURIComponent).join(", "));
}

sayElsewhere();
window.addEventListener("hashchange", sayElsewhere);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.district");
  if (!link) { return; }
  const [start, ...rest] = location.hash.split(";");
  const [chosen] = rest.slice(3);
  rest[3] = [chosen, ...beyond].filter(Boolean).join(",");
  if (start.startsWith("#s=")) { link.hash = [start, ...rest].join(";"); }
});
