// From the first start to a proved change, three clicks and no typing, at each service.
import assert from "node:assert/strict";
import { join } from "node:path";
import { ask_cli } from "../support/cli.js";
import { flow } from "../support/flow.js";
import { text } from "../support/text.js";

const services = [
  { id: "z-api", name: "Z-API", verify: "panel.verify_mail" },
  { id: "webshare", name: "Webshare", verify: "panel.verify_mail_link" },
  { id: "mannco-store", name: "Mannco.store", verify: "panel.verify_mail" },
];

for (const service of services) {
  flow(`practice at ${service.name}, from first start to changed`, async (window, home, stop) => {
    await window.says(text("welcome.headline"));
    await window.press(text("welcome.practice_of", { service: service.name }));
    await window.press(text("panel.request"));
    await window.press(text(service.verify));
    await window.says(text("panel.done_proved"));
    await window.says(text("app.practice_strip"));

    await stop();
    const [change, ...others] = await ask_cli(join(home.data, "practice"), "history");
    assert.deepEqual(others, [], "one change was made");
    assert.equal(change.state, "changed");
    const meanings = JSON.stringify(change.events);
    assert.match(meanings, /read/, `its proof is a read-back: ${meanings}`);
  });
}
