// readdress-cli beside the window: a second witness of what was done, and the practice services as a server.
import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { cli } from "./places.js";

/** One JSON document from `readdress-cli --json`. */
export async function ask_cli(data, ...words) {
  const { stdout } = await promisify(execFile)(cli, ["--data-dir", data, "--json", ...words]);
  return JSON.parse(stdout);
}

/** The three services and the mailbox in a process of their own; `told` is the first line it prints. */
export async function start_practice(data, ...words) {
  const server = spawn(cli, ["--data-dir", data, "practice", ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) throw new Error("readdress-cli practice ended at once");
  return { told: JSON.parse(first.value), stop: () => server.kill("SIGKILL") };
}

/** The control server of the played services; `told` is what they told. */
export function control_of(told) {
  const url = address_of(told, "control");
  return async (method, route, body) => {
    const headers = { "x-practice-token": told.token, "content-type": "application/json" };
    const answer = await fetch(`${url}${route}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${route}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  };
}

/** The first http address under a key of this name, however deep it lies. */
export function address_of(told, name) {
  const first = (value) => {
    if (typeof value === "string") return value.startsWith("http") ? value.replace(/\/$/, "") : null;
    return value && typeof value === "object" ? (Object.values(value).map(first).find(Boolean) ?? null) : null;
  };
  const look = (value) => {
    if (!value || typeof value !== "object") return null;
    for (const [key, inner] of Object.entries(value)) {
      const found = key.replaceAll("_", "-") === name ? first(inner) : look(inner);
      if (found) return found;
    }
    return null;
  };
  const found = look(told);
  if (!found) throw new Error(`practice tells no address of ${name}: ${JSON.stringify(told)}`);
  return found;
}
