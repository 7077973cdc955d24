// A data folder as bytes: what is in it, and whether anything has touched it.
import { createHash } from "node:crypto";
import { open, readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";

/** Where SQLite keeps `user_version` (https://www.sqlite.org/fileformat.html#user_version_number). */
const VERSION_AT = 60;

/** Every file and folder with its rights; of a file its digest too. */
export async function bytes_of(folder) {
  const found = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const rights = ((await stat(path)).mode & 0o7777).toString(8);
    const what = entry.isFile() ? createHash("sha256").update(await readFile(path)).digest("hex") : "folder";
    found[relative(folder, path)] = `${rights} ${what}`;
  }
  return found;
}

/** The version of a database that nobody has open. */
export async function database_version(file) {
  return (await readFile(file)).readUInt32BE(VERSION_AT);
}

/** Makes it the database of a program that does not exist yet. */
export async function set_database_version(file, version) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(version);
  const handle = await open(file, "r+");
  await handle.write(bytes, 0, 4, VERSION_AT);
  await handle.close();
}
