// The package as apt puts it on the system: programs, menu, icons, file type, manual, completions.
// Not here: what the program does (2_use.test.js).
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { access, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { environment } from "../support/driver.js";
import { ask_to_close, look_for_window } from "../support/x11.js";
import { fresh_home, running, runs, until_gone } from "./support/opened.js";
import { app, cli, field_of, have, newer, older, owned, paths_in, run } from "./support/package.js";
import { left_out_by_dpkg, remember_before } from "./support/traces.js";

const DESKTOP = "/usr/share/applications/readdress.desktop";
const TYPE = "application/x-readdress-service";
/** Squares that docks, menus and lists of files ask for. */
const ICONS = [16, 24, 32, 48, 64, 128, 256, 512];
const LONGEST = { timeout: 120_000 };

// What 5_removal.test.js compares with.
await remember_before([...(await paths_in(older)), ...(await paths_in(newer))]);
await have(newer);

/** The groups of a desktop file, each with its keys. */
async function read_desktop_file() {
  const groups = {};
  let now = null;
  for (const line of (await readFile(DESKTOP, "utf8")).split("\n")) {
    const [, group] = /^\[(.+)\]$/.exec(line) ?? [];
    const [, key, value] = /^([^#=]+)=(.*)$/.exec(line) ?? [];
    if (group) now = groups[group] = {};
    else if (key) now[key] = value;
  }
  return groups;
}

test("what is installed is whole, root's, and writable for nobody else", LONGEST, async () => {
  assert.equal((await run("dpkg", ["--verify", "readdress"])).trim(), "");
  for (const path of await owned()) {
    if (await left_out_by_dpkg(path)) continue;
    const about = await stat(path);
    assert.deepEqual([about.uid, about.gid], [0, 0], path);
    assert.equal(about.mode & 0o6022, 0, `${path}: ${(about.mode & 0o7777).toString(8)}`);
  }
});

test("both programs are on the path and speak without a display", LONGEST, async (t) => {
  const home = await fresh_home(t);
  // As somebody has it who has just logged in on a console.
  const env = { HOME: home.folder, PATH: "/usr/local/bin:/usr/bin:/bin", LANG: "C.UTF-8" };
  const version = await field_of(newer, "Version");
  for (const [name, program] of [["readdress", app], ["readdress-cli", cli]]) {
    assert.equal((await run("sh", ["-c", `command -v ${name}`], { env })).trim(), program);
    const told = (await run(name, ["--version"], { env })).trim();
    assert.equal(told.split(" ")[0], name);
    assert.ok(version.startsWith(told.split(" ")[1]), `${told} of the package ${version}`);
    assert.match(await run(name, ["--help"], { env }), /Usage: readdress/);
  }
  assert.deepEqual(await running(home), []);
});

test("the menu's entry is valid and each of its commands is understood", LONGEST, async () => {
  assert.equal((await run("desktop-file-validate", [DESKTOP])).trim(), "");
  const groups = await read_desktop_file();
  const entry = groups["Desktop Entry"];
  const actions = (entry.Actions ?? "").split(";").filter(Boolean);
  const help = await run(app, ["--help"]);
  for (const group of ["Desktop Entry", ...actions.map((action) => `Desktop Action ${action}`)]) {
    const [program, ...words] = groups[group].Exec.split(" ");
    assert.equal((await run("sh", ["-c", `command -v ${program}`])).trim(), app, group);
    for (const flag of words.filter((word) => word.startsWith("--"))) assert.ok(help.includes(flag), `${group}: --help does not know ${flag}`);
  }
  for (const language of ["pt_BR", "es"]) assert.ok(entry[`Comment[${language}]`], `no comment in ${language}`);
});

test("the menu starts it, its data goes to the system's folder, the cross ends it", LONGEST, async (t) => {
  const home = await fresh_home(t);
  const env = { ...environment(home) };
  delete env.READDRESS_DATA_DIR;
  const said = join(home.folder, "said");
  const output = openSync(said, "a");
  const menu = spawn("gio", ["launch", DESKTOP], { stdio: ["ignore", output, output], env });
  home.ends.push(async () => {
    for (const { id } of await running(home)) process.kill(id, "SIGKILL");
    await until_gone(home);
  });
  const [code] = await once(menu, "exit");
  assert.equal(code, 0);
  const shows = async (what) => {
    for (const end = Date.now() + 60_000; Date.now() < end && (await look_for_window("Readdress")) !== what; ) await pause(50);
    assert.equal(await look_for_window("Readdress"), what, `${await readFile(said, "utf8")}${JSON.stringify(await running(home))}`);
  };
  await shows("shown");
  assert.deepEqual(await runs(home), [app]);
  await access(join(home.data, "readdress.db"));
  await ask_to_close("Readdress");
  await shows("gone");
  await until_gone(home);
});

test("its icon is there in every size, and each file has the size of its folder", LONGEST, async () => {
  const { Icon: name, StartupWMClass: of_windows } = (await read_desktop_file())["Desktop Entry"];
  assert.equal(of_windows, "readdress", "the window's class, by which a dock joins window and entry");
  const files = (await owned()).filter((path) => path.startsWith("/usr/share/icons/hicolor/") && path.endsWith(`/${name}.png`));
  const sizes = [];
  for (const file of files) {
    const [, size, scale = 1] = /hicolor\/(\d+)x\d+(?:@(\d))?\//.exec(file);
    const bytes = await readFile(file);
    // PNG, 11.2.1: width and height stand in the first chunk.
    assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [size * scale, size * scale], file);
    if (Number(scale) === 1) sizes.push(Number(size));
  }
  assert.deepEqual(ICONS.filter((size) => !sizes.includes(size)), [], `there are ${sizes.sort((a, b) => a - b)}`);
  assert.match(await readFile(`/usr/share/icons/hicolor/scalable/apps/${name}.svg`, "utf8"), /<svg/);
});

test("a service's file has its type, its icon, and opens with Readdress", LONGEST, async (t) => {
  const home = await fresh_home(t);
  const env = environment(home);
  const file = join(home.folder, "mine.readdress");
  await writeFile(file, 'schema = 1\nid = "mine"\n');
  assert.match(await run("gio", ["info", "--attributes", "standard::content-type", file], { env }), new RegExp(`standard::content-type: ${TYPE}\n`));
  assert.match(await run("gio", ["mime", TYPE], { env }), /^Default application .*: readdress\.desktop$/m);
  assert.ok((await read_desktop_file())["Desktop Entry"].MimeType.split(";").includes(TYPE));
});

test("both programs have a page in the manual", LONGEST, async (t) => {
  for (const name of ["readdress", "readdress-cli"]) {
    const page = (await owned()).find((path) => path.endsWith(`/man1/${name}.1.gz`));
    assert.ok(page, `no page for ${name}`);
    if (await left_out_by_dpkg(page)) {
      t.diagnostic(`this system installs no manual pages: ${page} was not looked at`);
      continue;
    }
    assert.equal((await run("man", ["-w", name])).trim(), page);
    // From its file: asked for by name, man would keep a copy.
    assert.ok((await run("man", ["--local-file", page], { env: { ...process.env, MANPAGER: "cat", LANG: "C.UTF-8" } })).includes(name));
  }
});

test("the shells complete readdress-cli", LONGEST, async () => {
  const places = {
    bash: "/usr/share/bash-completion/completions/readdress-cli",
    zsh: "/usr/share/zsh/vendor-completions/_readdress-cli",
    fish: "/usr/share/fish/vendor_completions.d/readdress-cli.fish",
  };
  for (const path of Object.values(places)) assert.match(await readFile(path, "utf8"), /profile/, path);
  const asked = `source ${places.bash}; COMP_WORDS=(readdress-cli pro); COMP_CWORD=1; f=$(complete -p readdress-cli | sed -n 's/.*-F \\([^ ]*\\).*/\\1/p'); $f readdress-cli pro readdress-cli; echo "\${COMPREPLY[@]}"`;
  assert.match(await run("bash", ["--norc", "-c", asked]), /\bprofile\b/);
});
