// The page that leads to the districts: the name of a village opens its card on the page of its district.
const leads = JSON.parse(document.getElementById("data").textContent);
setUpSearch(leads.names, leads.words, (place) => { if (place) { location.href = place.path; } });
document.querySelector(".print").addEventListener("click", () => window.print());
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.district");
  if (link && location.hash.startsWith("#s=")) { link.hash = location.hash; }
});
