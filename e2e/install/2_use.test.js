// The window's flows once more, in the installed programs: practice at each service, a real profile, a second start.
// Where the programs are, is told by `cargo xtask try-package` (support/places.js).
import assert from "node:assert/strict";
import { access } from "node:fs/promises";
import { app, cli } from "../support/places.js";
import * as here from "./support/package.js";

await here.have(here.newer);
assert.deepEqual([app, cli], [here.app, here.cli], "the installed programs are driven");
await Promise.all([app, cli].map((path) => access(path)));

await import("../flows/practice.test.js");
await import("../flows/real.test.js");
await import("../flows/instance.test.js");
