// Pictures of the real window: node shots.mjs [FOLDER], on a display (`xvfb-run -s "-screen 0 1600x1000x24"`).
// Welcome, a practice change that waits for its code, and the same one changed; both sizes, light and dark.
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { make_home, start_app } from "./support/driver.js";
import { shots } from "./support/places.js";
import { text } from "./support/text.js";
import { Window } from "./support/window.js";

const folder = process.argv[2] ? resolve(process.argv[2]) : shots;
const sizes = [[1240, 760], [900, 600]];
const themes = { light: "Adwaita", dark: "Adwaita:dark" };

/** Both sizes of what is shown now. */
async function both(window, name) {
  for (const [width, height] of sizes) {
    await window.resize(width, height);
    // The page's own transitions take 200 ms.
    await pause(400);
    console.log(await window.shoot(`${name}-${width}`, folder));
  }
}

for (const [theme, gtk] of Object.entries(themes)) {
  const home = await make_home();
  const app = await start_app(home, { GTK_THEME: gtk });
  try {
    const window = new Window(app.driver);
    await window.says(text("welcome.headline"));
    await both(window, `${theme}-1-welcome`);
    await window.press(text("welcome.practice_of", { service: "Z-API" }));
    await window.find("button", text("panel.request"));
    await both(window, `${theme}-2-profile`);
    await window.press(text("panel.request"));
    await window.find("button", text("panel.verify_mail"));
    await both(window, `${theme}-3-code`);
    await window.press(text("panel.verify_mail"));
    await window.says(text("panel.done_proved"));
    await both(window, `${theme}-4-changed`);
  } finally {
    await app.close();
    await home.remove();
  }
}
