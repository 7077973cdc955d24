// Where the programs under test are. `cargo xtask test` tells; a developer who runs `node --test` has them in target/.
import { fileURLToPath } from "node:url";

const built = (path) => fileURLToPath(new URL(`../../target/${path}`, import.meta.url));

export const app = process.env.READDRESS_APP ?? built("debug/readdress");
export const cli = process.env.READDRESS_CLI ?? built("debug/readdress-cli");
export const canary = process.env.READDRESS_CANARY ?? built("debug/readdress-canary");
export const dovecot = process.env.READDRESS_DOVECOT ?? built("debug/readdress-dovecot");
export const tauri_driver = process.env.TAURI_DRIVER ?? built("tools/bin/tauri-driver");
/** Not kept in git: what failed flows looked like, and new pictures for the README. */
export const shots = fileURLToPath(new URL("../shots/", import.meta.url));
