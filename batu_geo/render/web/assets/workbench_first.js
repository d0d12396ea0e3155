// What the page shows first is asked for while everything else of it is still loading.
import { ask, key } from "./workbench_client.js";

export const first = key() ? Promise.all([ask("/api/study"), ask("/api/state")]) : null;
// Whoever waits for it says what went wrong.
first?.catch(() => {});
