// Which backend the page talks to: the shell where there is one, else the fake, which no production bundle holds.
import type { Backend } from "./backend";
import { create_tauri_backend } from "./tauri";

declare global {
  interface Window {
    __TAURI_INTERNALS__?: unknown;
  }
}

let chosen: Backend | undefined;

/** Before the first screen. Rejects where there is neither a shell nor a fake. */
export async function open_backend(): Promise<Backend> {
  if (window.__TAURI_INTERNALS__) {
    // Not fetched on its own: the first screen would wait for one more file.
    chosen = create_tauri_backend();
  } else if (import.meta.env.MODE !== "production") {
    chosen = (await import("./fake")).create_fake_backend();
  } else {
    throw new Error("This page works inside the Readdress window only.");
  }
  return chosen;
}

/** The backend, once opened. */
export function backend(): Backend {
  if (!chosen) throw new Error("open_backend comes first");
  return chosen;
}
