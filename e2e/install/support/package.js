// The package on this system: what apt and dpkg do with it and say of it. Only `cargo xtask try-package` runs this, after it has made
// sure that no person's Readdress is installed here. Each command that changes the system is printed.
// Not here: what lies in the package (the tests), what it leaves behind (traces.js).
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const NAME = "readdress";

/** The two packages under test, and where their programs come to lie. */
export const older = asked("READDRESS_OLDER_DEB");
export const newer = asked("READDRESS_NEWER_DEB");
export const app = "/usr/bin/readdress";
export const cli = "/usr/bin/readdress-cli";

function asked(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set. These tests install and remove a package: run \`cargo xtask try-package\`.`);
  return value;
}

/** What a program says; with its errors where it fails. */
export async function run(program, words = [], options = {}) {
  try {
    const { stdout } = await promisify(execFile)(program, words, { maxBuffer: 64 << 20, ...options });
    return stdout;
  } catch (why) {
    throw new Error(`${program} ${words.join(" ")}: ${why.code}\n${why.stdout}${why.stderr}`, { cause: why });
  }
}

function apt(...words) {
  // By `env`, because sudo hands nothing on. The lists of file types are made anew each time; what a power cut would do to them
  // is none of the test, and waiting for the disk is most of its time. Waits for another apt instead of failing at its lock.
  const whole = ["env", "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive", "PKGSYSTEM_ENABLE_FSYNC=0", "apt-get", "-y", "-o", "DPkg::Lock::Timeout=300", ...words];
  if (process.getuid() !== 0) whole.unshift("sudo");
  console.log(`$ ${whole.join(" ")}`);
  return run(whole[0], whole.slice(1));
}

/** A field of a package's file. */
export async function field_of(file, field) {
  return (await run("dpkg-deb", ["--field", file, field])).trim();
}

/** Which version is installed, or nothing. */
export async function installed() {
  const told = await run("dpkg-query", ["--show", "--showformat", "${db:Status-Status} ${Version}", NAME]).catch(() => "");
  const [status, version] = told.split(" ");
  return status === "installed" ? version : null;
}

/** As a person does it: from the file, over whatever version is there. Nothing else goes for it. */
export async function install(file) {
  await apt("install", "--no-remove", "--no-install-recommends", "--allow-downgrades", file);
  assert.equal(await installed(), await field_of(file, "Version"), "it is the version that was asked for");
}

/** Installs it unless it is there. */
export async function have(file) {
  if ((await installed()) !== (await field_of(file, "Version"))) await install(file);
}

export const remove = () => takes_away("remove");
export const purge = () => takes_away("purge");

async function takes_away(how) {
  assert.match(await apt(how, NAME), /\b0 upgraded, 0 newly installed, 1 to remove\b/, "no other package comes or goes");
}

/** Every path that dpkg counts to the package, the folders that others share too. */
export async function owned() {
  const paths = (await run("dpkg-query", ["--listfiles", NAME])).split("\n");
  return paths.filter((path) => path.startsWith("/") && path !== "/.");
}

/** The same of a package's file. */
export async function paths_in(file) {
  const lines = (await run("dpkg-deb", ["--contents", file])).split("\n");
  return lines.map((line) => / \.(\/\S*)/.exec(line)?.[1].replace(/(?<=.)\/$/, "")).filter((path) => path && path !== "/");
}
