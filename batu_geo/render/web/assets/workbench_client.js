// Talking to the program: one key, one way to ask, one tab that listens for all.
const KEY = "batu-geo-key";
export const tab = Math.random().toString(36).slice(2, 10);

// The key stands in the fragment, which no server sees; it is kept for this tab and taken away.
export function key() {
  if (/^#[\w-]{20,}$/.test(location.hash)) {
    sessionStorage.setItem(KEY, location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(KEY);
}

export class Stopped extends Error {}
export class Refused extends Error {
  constructor(status, body) {
    super(body?.error?.message ?? String(status));
    this.status = status;
    this.code = body?.error?.code ?? "";
    this.state = body?.state ?? null;
    this.problems = (body?.error?.problems ?? []).map((one) => one.message);
  }
}

async function fetched(path, options) {
  try {
    return await fetch(path, {
      ...options, cache: "no-store", headers: { ...options.headers, "x-batu-token": key() ?? "" } });
  } catch (error) {
    if (error.name === "AbortError") { throw error; }
    throw new Stopped();
  }
}

// Ask for a path; with a body it is posted. Nothing where a newer question took the place of this.
export async function ask(path, body) {
  const isBytes = body instanceof Blob;
  const type = isBytes ? "application/octet-stream" : "application/json";
  const response = await fetched(path, body === undefined ? {} : {
    method: "POST", headers: { "content-type": type }, body: isBytes ? body : JSON.stringify(body) });
  if (response.status === 204) { return null; }
  let content = null;
  try { content = await response.json(); } catch { content = null; }
  if (!response.ok) { throw new Refused(response.status, content); }
  return content;
}

// A file that the program made, handed to the person.
export async function download(path, name) {
  const response = await fetched(path, {});
  if (!response.ok) { throw new Refused(response.status, await response.json()); }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const channel = new BroadcastChannel("batu-geo");
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

async function stream(take) {
  const response = await fetched("/api/events", {});
  if (!response.ok) { throw new Refused(response.status, null); }
  take({ kind: "connected" });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) { return; }
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const kind = /^event: (.+)$/m.exec(block)?.[1];
      const data = /^data: (.+)$/m.exec(block)?.[1];
      if (kind && data) { take({ kind, data: JSON.parse(data) }); }
    }
  }
}

// A program that was started anew has another key: the tab that got it hands it to the others, which
// are pages of this program like itself.
export function shareKey() {
  const other = new BroadcastChannel("batu-geo-key");
  other.onmessage = ({ data }) => {
    if (data === key() || document.body.dataset.state !== "stopped") { return; }
    sessionStorage.setItem(KEY, data);
    location.reload();
  };
  if (key()) { other.postMessage(key()); }
  window.addEventListener("hashchange", () => { if (key()) { location.reload(); } });
}

// Events reach every tab of this program, but only one of them holds a connection open.
export function listen(take) {
  channel.onmessage = (message) => take(message.data);
  const all = (event) => { channel.postMessage(event); take(event); };
  navigator.locks.request("batu-geo-events", async () => {
    for (;;) {
      try {
        await stream(all);
        all({ kind: "lost" });
      } catch (error) {
        if (error instanceof Refused && error.status === 401) { return; }
        all({ kind: "lost" });
      }
      await pause(1000);
    }
  });
}
