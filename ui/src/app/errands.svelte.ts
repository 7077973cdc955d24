// What a start is for, besides the window: actions of the desktop entry, files that were opened with us. Taken one by one, each when the
// window is free for it. Not here: how a service file is shown (dialogs/ServiceFile.svelte).
import type { Errand, ShownServiceFile } from "../backend/backend";
import { backend } from "../backend";
import { bytes_text, t } from "../i18n";
import { app, go, load_services, take_state } from "./app.svelte";
import { LARGEST } from "./mail_file";
import { as_problem } from "./problem";
import { note } from "./toasts.svelte";

/** The service file that is shown now, over whatever else is open. */
export const service_file = $state<{ now: ShownServiceFile | null }>({ now: null });

let running = false;
let more = false;

/** Takes what waits; called again when something comes. */
export async function run_errands(): Promise<void> {
  more = true;
  if (running) return;
  running = true;
  try {
    while (more && !app.state?.fatal) {
      more = false;
      for (let errand = await backend().take_errand(); errand; errand = await backend().take_errand()) await run(errand);
    }
  } finally {
    running = false;
  }
}

/** Asks for a file and shows it. */
export async function choose_service_file(): Promise<void> {
  const shown = await backend().choose_service_file();
  if (shown) await show(shown);
}

let closed: (() => void) | null = null;

/** Resolves when it is closed. */
async function show(shown: ShownServiceFile): Promise<void> {
  close_service_file();
  // Before anything is waited for: it may be closed meanwhile, and whoever waits here keeps the next errand waiting.
  const end = new Promise<void>((done) => (closed = done));
  service_file.now = shown;
  // It was edited where it lies: the services were read anew.
  if (shown.place.kind === "same") await load_services();
  await end;
}

export function close_service_file(): void {
  service_file.now = null;
  closed?.();
  closed = null;
}

const is_covered = (): boolean => document.querySelector("dialog[open]") !== null;

/** Resolves when nothing lies over the window. */
async function free(): Promise<void> {
  if (!is_covered()) return;
  await new Promise<void>((done) => {
    const watcher = new MutationObserver(() => {
      if (is_covered()) return;
      watcher.disconnect();
      done();
    });
    watcher.observe(document.body, { childList: true, subtree: true, attributeFilter: ["open"] });
  });
}

let later: Promise<void> = Promise.resolve();

/** A file is shown at once. What was typed into a dialog is not taken away for anything else: that waits, and no file waits for it. */
async function run(errand: Errand): Promise<void> {
  if (errand.kind === "service") return show(errand.shown);
  const covered = is_covered();
  later = later.then(() => act(errand)).catch((thrown: unknown) => void app.faults.push(as_problem(thrown)));
  if (!covered) await later;
}

async function leave_practice(): Promise<void> {
  if (app.state?.mode === "practice") await take_state(await backend().leave_practice());
}

async function act(errand: Exclude<Errand, { kind: "service" }>): Promise<void> {
  if (errand.kind === "no_mail") return note(t(errand.reason === "large" ? "mail.file_large" : "mail.file_unreadable", { name: errand.name, size: bytes_text(LARGEST) }));
  await free();
  if (errand.kind === "practice") {
    if (app.state?.mode !== "practice") await take_state(await backend().open_practice());
    go("profiles");
  } else if (errand.kind === "add_profile") {
    // A profile of practice is nobody's account: the entry in the menu means a real one.
    await leave_practice();
    go("profiles");
    app.dialog = "add";
  } else if (errand.kind === "pending") {
    await leave_practice();
    go("pending");
  } else if (errand.kind === "mail") {
    const { take_text } = await import("./take_mail");
    take_text({ name: errand.name, text: errand.text });
  }
}
