// What the app asks the system to show: heard on the session's bus, whether or not somebody shows notifications there.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** `texts`: the strings of all that was asked for so far, one a line. */
export async function hear_notices() {
  const monitor = spawn("dbus-monitor", ["--session", "interface='org.freedesktop.Notifications',member='Notify'"], { stdio: ["ignore", "pipe", "inherit"] });
  const heard = [];
  createInterface({ input: monitor.stdout }).on("line", (line) => heard.push(line));
  // Its own name is told to it once it listens.
  await once(monitor.stdout, "data");
  return { texts: () => heard.join("\n"), stop: () => monitor.kill("SIGTERM") };
}
