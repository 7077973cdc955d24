// What a package leaves on the system, besides what it says it owns.
import { execFile } from "node:child_process";
import { readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installed, run } from "./package.js";

/** dpkg's and apt's own memory of what was done, and logs: no part of the package. */
const MEMORY = ["/var/lib/dpkg", "/var/lib/apt", "/var/cache/apt", "/var/log", "/var/backups"];
/** Made anew from all packages by the system's triggers; a name in it would be a dead entry of a menu. */
const CACHES = ["/usr/share/applications/mimeinfo.cache", "/usr/share/mime/globs2", "/usr/share/mime/types", "/usr/share/mime/magic", "/usr/share/icons/hicolor/icon-theme.cache"];

const PROJECT = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");

/** Every path of the system that begins with our name, or has it behind something that is no letter (`_readdress-cli`). */
export async function named_after_us() {
  // What a user has built by hand lies in /usr/local, or is this project's own folder, and is none of the package's.
  const skipped = [...MEMORY, "/usr/local", PROJECT].flatMap((path) => ["-path", path, "-o"]).slice(0, -1);
  const words = ["/usr", "/etc", "/var", "/opt", "(", ...skipped, ")", "-prune", "-o", "-iname", "*readdress*", "-print"];
  // It fails at folders that a user may not read, and has told the rest.
  const { stdout } = await promisify(execFile)("find", words).catch((why) => why);
  return stdout.split("\n").filter((path) => /(^|[^a-z])readdress/i.test(basename(path)));
}

/** The caches that still know our name. */
export async function known_to_caches() {
  const know = await Promise.all(CACHES.map((path) => readFile(path, "latin1").then((text) => /readdress/i.test(text), () => false)));
  return CACHES.filter((_, index) => know[index]);
}

/** The names in each folder that the packages put something into. */
async function names_in(folders) {
  const names = {};
  for (const folder of folders) names[folder] = await readdir(folder).catch(() => []);
  return names;
}

/** Kept in a file until the package is gone again. Nothing where it is installed already: then it is no beginning. */
export async function remember_before(paths) {
  if (await installed()) return;
  await writeFile(notes(), JSON.stringify(await names_in([...new Set(paths.map(dirname))].sort())));
}

/** What lies in these folders since then and belongs to no package. Others may have been installed meanwhile. */
export async function left_over() {
  const before = JSON.parse(await readFile(notes(), "utf8"));
  const now = await names_in(Object.keys(before));
  const come = Object.entries(now).flatMap(([folder, names]) => names.filter((name) => !before[folder].includes(name)).map((name) => join(folder, name)));
  const left = [];
  for (const path of come.filter((one) => !CACHES.includes(one))) if (!(await belongs_to_another(path))) left.push(path);
  return left;
}

async function belongs_to_another(path) {
  const link = await readlink(path).catch(() => "");
  return link.startsWith("/etc/alternatives/") || run("dpkg-query", ["--search", path]).then(() => true, () => false);
}

function notes() {
  const folder = process.env.READDRESS_INSTALL_NOTES;
  if (!folder) throw new Error("READDRESS_INSTALL_NOTES is not set: run `cargo xtask try-package`.");
  return join(folder, "before.json");
}

/** Whether dpkg is told not to unpack this path, as small images do with manual pages (`path-exclude`, dpkg(1)). */
export async function left_out_by_dpkg(path) {
  const files = await readdir("/etc/dpkg/dpkg.cfg.d").catch(() => []);
  const texts = await Promise.all(files.map((file) => readFile(join("/etc/dpkg/dpkg.cfg.d", file), "utf8")));
  let left_out = false;
  // The last rule that matches counts; `*` goes over slashes.
  for (const [, rule, pattern] of texts.join("\n").matchAll(/^path-(exclude|include)[= ]+(\S+)/gm)) {
    const regex = new RegExp(`^${pattern.replace(/[.+^${}()|\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".")}$`);
    if (regex.test(path)) left_out = rule === "exclude";
  }
  return left_out;
}
