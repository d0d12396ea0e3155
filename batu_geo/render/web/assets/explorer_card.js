// The card of a village: its state, why its need ranks where it does, what it lacks, what helps most.
function cardContent(data, state, answer, write, n, toggle) {
  const { words, number, percent } = write, village = data.villages[n], row = answer.rows[n];
  const ranked = answer.ranking.find((one) => one.number === n);
  const mode = data.modes.find((one) => one.name === state.mode).label;
  const isOpened = data.places.some((place) => state.chosen.includes(place.id) && place.village === n);
  const share = village.population ? percent((100 * row.served) / village.population) : words.no_data;
  const facts = [
    [words.status, isOpened ? words.card_opened : village.says.status],
    ...(ranked ? [[words.card_rank, filled(words.card_rank_of, { rank: ranked.rank, count: answer.ranking.length })],
      [words.score, write.score(ranked)]] : []),
    [words.population, village.says.population],
    [filled(words.card_within, { minutes: number(state.minutes), mode }), `${number(row.served)} (${share})`],
    [words.explore_mean, write.meanOf(row)],
  ];
  const content = [cardFacts(facts)];
  const add = (title, ...parts) => content.push(cardPart("h3", title), ...parts);
  if (village.says.lacks.length) {
    const list = cardPart("ul");
    list.append(...village.says.lacks.map((text) => cardPart("li", text)));
    add(words.card_lacks, list);
  }
  const best = bestBuilding(data, state, answer, n);
  const text = best ? filled(words.card_best, { building: best.place.name, suitability: best.place.suitability,
    here: number(best.here), all: number(best.all) }) : words.card_best_none;
  add(words.card_helps, cardPart("p", text));
  content.at(-1).className = "best";
  if (best) {
    const act = cardPart("button", words.card_choose, "act");
    act.type = "button";
    act.addEventListener("click", () => toggle(best.place.id));
    content.push(act);
  }
  if (ranked) {
    add(words.card_why, cardTable([words.card_criterion, words.card_value, words.card_points],
      reasons(data, answer, n).map((one) => [one.heading, one.raw === null ? words.no_data : number(one.raw, one.digits),
        one.points === null ? words.no_data : number(one.points, 1)])));
  }
  if (village.says.links.length) {
    const list = cardPart("ul");
    for (const [title, path] of village.says.links) {
      const link = cardPart("a", title);
      link.href = path;
      list.append(cardPart("li", link));
    }
    add(words.card_more, list);
  }
  return content;
}

// Every village in a table beside the map; its name opens its card.
function fillVillages(data, write, open) {
  const { words, number, percent } = write;
  return villageTable(byId("villages"), {
    name: { title: words.village },
    population: { title: words.population, show: (people) => number(people) },
    served: { title: words.explore_within, show: (people) => number(people) },
    share: { title: "%", show: percent },
    mean: { title: words.explore_mean, by: "minutes", show: (said) => said },
  }, data.villages, { by: "n", open: (n) => open({ village: n }) });
}

function showVillages(data, answer, write, table) {
  table.fill((n) => {
    const { population } = data.villages[n], { served, meanMinutes } = answer.rows[n];
    return { population, served, share: population ? (100 * served) / population : null,
      mean: write.meanOf(answer.rows[n]), minutes: meanMinutes };
  });
  table.sort();
}
