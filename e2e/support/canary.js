// The search for canaries (made-up secrets) in what the window shows, keeps and starts. The search itself: crates/canary.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { text as whole } from "node:stream/consumers";
import { canary } from "./places.js";

/** Where the canaries stand, and how many texts, files and processes were looked at. */
export async function search(asked) {
  const program = spawn(canary, [], { stdio: ["pipe", "pipe", "inherit"] });
  program.stdin.end(JSON.stringify(asked));
  const [told, [code]] = await Promise.all([whole(program.stdout), once(program, "exit")]);
  if (code !== 0) throw new Error(`readdress-canary ended with ${code}`);
  return JSON.parse(told);
}

/** The app's own process: the one that was started on this home's folder. */
export async function app_process(home) {
  for (const entry of await readdir("/proc")) {
    const read = (file) => readFile(`/proc/${entry}/${file}`, "utf8").catch(() => "");
    if (!/^\d+$/.test(entry) || (await read("comm")).trim() !== "readdress") continue;
    if ((await read("environ")).includes(`READDRESS_DATA_DIR=${home.data}`)) return Number(entry);
  }
  throw new Error("the app's process is not there");
}

/** From now on, what the page is answered over IPC is kept for `page_holds`. */
export async function overhear(window) {
  await window.driver.executeScript(listen_in_page);
}

/** All that the page holds: its elements, what stands in its fields, its storage, and what it was answered. */
export async function page_holds(window) {
  return window.driver.executeAsyncScript(holds_in_page);
}

/* global document, localStorage, sessionStorage, indexedDB */
function listen_in_page() {
  const here = globalThis;
  if (here.overheard) return;
  here.overheard = [];
  const fetch = here.fetch;
  here.fetch = async (...asked) => {
    const answer = await fetch.apply(here, asked);
    const command = String(asked[0]?.url ?? asked[0])
      .split("/")
      .at(-1);
    // Read beside the page; what is kept is no part of the document.
    void answer
      .clone()
      .text()
      .then((text) => here.overheard.push({ command, text }));
    return answer;
  };
}

function holds_in_page(done) {
  const fields = Array.from(document.querySelectorAll("input, textarea"), (field) => ({
    type: field.type,
    name: field.labels?.[0]?.innerText ?? "",
    value: field.value,
  }));
  const stores = { local: { ...localStorage }, session: { ...sessionStorage }, cookie: document.cookie };
  const answer = (databases) =>
    done({
      elements: document.documentElement.outerHTML,
      shown: document.body.innerText,
      title: document.title,
      fields,
      stores: JSON.stringify({ ...stores, databases }),
      told: globalThis.overheard ?? [],
    });
  indexedDB.databases().then(answer, () => answer([]));
}
