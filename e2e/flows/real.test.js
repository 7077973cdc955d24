// Not practice mode: from a pasted profile to a proved change, and what is on disk afterwards.
import assert from "node:assert/strict";
import { join } from "node:path";
import { ask_cli, start_practice } from "../support/cli.js";
import { flow } from "../support/flow.js";
import { add_profile, give_code, request } from "../support/real.js";

const NEW = "moved@practice.example";

flow("a real profile, from paste to changed", async (window, home, stop) => {
  const practice = await start_practice(join(home.folder, "practice-server"));
  try {
    await add_profile(window, practice, "Support line");
    await request(window, "Support line", NEW);
    await give_code(window, practice, NEW);

    await stop();
    const [profile] = await ask_cli(home.data, "profile", "list");
    assert.equal(profile.label, "Support line");
    assert.equal(profile.email, NEW);
    const [change] = await ask_cli(home.data, "history");
    assert.equal(change.state, "changed");
    assert.equal(change.to, NEW);
  } finally {
    practice.stop();
  }
});
