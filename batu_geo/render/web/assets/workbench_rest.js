// What is added when the hand rests: how sure the numbers are, and the border closed.
import { ask } from "./workbench_client.js";
import { app, follow, refused, villageName } from "./workbench_state.js";
import { byId, made, number, redraw, say } from "./workbench_words.js";

const REST_MS = 400;

export function drawRest() {
  const place = byId("rest");
  let timer = 0;
  let isBusy = false;

  async function rested() {
    const { revision } = app.state;
    if (isBusy) { wait(); return; }
    isBusy = true;
    try {
      const found = await ask("/api/rest", { revision });
      // A newer state is asked for by its own rest.
      if (found?.revision === app.state.revision && !app.preview) { show(found); }
    } catch (error) { refused(error); } finally { isBusy = false; }
  }

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(rested, REST_MS);
  }

  function show({ served, ifClosed, ranking }) {
    const rank = new Map(app.state.answer.ranking.map((row) => [row.village, row.rank]));
    const rows = ranking.filter(({ own }) => own !== null).map(({ village, own, ifClosed: closed }) => {
      const sure = say("bench_rest_rank", { village: villageName(village), rank: rank.get(village), share: number(own) });
      const isSame = closed === null || closed === rank.get(village);
      return made("li", isSame ? sure : `${sure}; ${say("bench_rest_closed", { rank: closed })}`);
    });
    const list = made("ul");
    list.append(...rows);
    redraw(place, made("p", say("bench_rest_speeds", { slow: number(served.slow), fast: number(served.fast) })),
      made("p", say("bench_rest_border", { people: number(ifClosed) })), ...(rows.length ? [list] : []));
  }

  // What was sure of another state is said of none.
  follow("state", () => { place.replaceChildren(); wait(); });
  wait();
}
