// A home, and in it the installed program's window (through WebDriver), its process (by the file that it runs), and played services.
import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { start_practice } from "../../support/cli.js";
import { make_home, start_app } from "../../support/driver.js";
import { Window } from "../../support/window.js";

/** A fresh home whose data lies where the program puts it by itself. It goes with the test, after what is in `ends` has ended. */
export async function fresh_home(t) {
  const home = await make_home();
  const ends = [];
  t.after(async () => {
    for (const end of ends.reverse()) await end();
    await home.remove();
  });
  return { ...home, data: join(home.folder, "share", "readdress"), ends };
}

/** Opens the window. What is open at the end of the home's test is closed. */
export async function opened(home, env = {}) {
  const started = await start_app(home, env);
  let open = true;
  const close = async () => {
    if (!open) return;
    open = false;
    await started.close();
    await until_gone(home);
  };
  home.ends.push(close);
  return { window: new Window(started.driver), close };
}

/** The services, played in a process of their own as long as the home is there. */
export async function played(home) {
  const practice = await start_practice(join(home.folder, "practice-server"));
  home.ends.push(practice.stop);
  return practice;
}

/** The window's processes in this home, with what they run: `/usr/bin/readdress`, or that with ` (deleted)`. */
export async function running(home) {
  const found = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const program = await readlink(`/proc/${entry}/exe`).catch(() => "");
    if (!/\/readdress( \(deleted\))?$/.test(program)) continue;
    const environ = await readFile(`/proc/${entry}/environ`, "utf8").catch(() => "");
    if (environ.includes(`HOME=${home.folder}\0`)) found.push({ id: Number(entry), program });
  }
  return found;
}

/** The files that they run. */
export async function runs(home) {
  return [...new Set((await running(home)).map(({ program }) => program))];
}

/** A process that was ended may take a moment to be gone. */
export async function until_gone(home) {
  for (let tried = 0; tried < 200; tried += 1) {
    if ((await running(home)).length === 0) return;
    await pause(50);
  }
  throw new Error("the window's process does not end");
}
