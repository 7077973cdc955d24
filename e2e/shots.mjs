// Pictures of the real window, for the README and for comparing with the design: `cargo xtask shots [FOLDER]`.
// Welcome, a practice change before and after it was requested, three changed profiles; both sizes, light and dark.
// Those that software centres show are 16:9, and lie in `published` under FOLDER: docs/images keeps copies of them.
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { make_home, start_app } from "./support/driver.js";
import { shots } from "./support/places.js";
import { text } from "./support/text.js";
import { Window } from "./support/window.js";

// WebDriver's screenshot waits for ever for WebKit's renderer without DMABUF, which the app chooses; what is drawn is the same.
const PICTURED = { WEBKIT_DISABLE_DMABUF_RENDERER: "0" };

const folder = process.argv[2] ? resolve(process.argv[2]) : shots;
const sizes = [[900, 600], [1240, 760]];
// By the names that src-tauri/packaging/*.metainfo.xml and the README give them.
const published = {
  "light-changed": "changed-light",
  "light-code": "code-light",
  "dark-request": "request-dark",
  "dark-welcome": "welcome-dark",
};
const themes = { light: "Adwaita", dark: "Adwaita:dark" };
const next = (service) => text("panel.next_practice", { service });

/** Every size of what is shown now; the large one stays. */
async function shoot(window, name) {
  await publish(window, name);
  for (const [width, height] of sizes) await shoot_at(window, width, height, `${name}-${width}x${height}`, folder);
}

async function publish(window, name) {
  if (name in published) await shoot_at(window, 1280, 720, published[name], join(folder, "published"));
}

async function shoot_at(window, width, height, name, folder) {
  await window.resize(width, height);
  const as_large = "return innerWidth === arguments[0] && innerHeight === arguments[1]";
  await window.until(`itself at ${width}x${height}`, () => window.driver.executeScript(as_large, width, height));
  // Drawn once at that size; a busy machine takes its time.
  await window.driver.executeAsyncScript("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))");
  // The page's own transitions take 200 ms.
  await pause(400);
  console.log(await window.shoot(name, folder));
}

async function change(window, verify, theme) {
  await window.find("button", text("panel.request"));
  if (theme) await publish(window, `${theme}-request`);
  await window.press(text("panel.request"));
  await window.find("button", text(verify));
  if (theme) await publish(window, `${theme}-code`);
  await window.press(text(verify));
  await window.says(text("panel.done_proved"));
}

for (const [theme, gtk] of Object.entries(themes)) {
  const home = await make_home();
  const app = await start_app(home, { ...PICTURED, GTK_THEME: gtk });
  try {
    const window = new Window(app.driver);
    await window.says(text("welcome.headline"));
    await shoot(window, `${theme}-welcome`);
    await window.press(text("welcome.practice_of", { service: "Z-API" }));
    await window.find("button", text("panel.request"));
    await shoot(window, `${theme}-new-change`);
    await window.press(text("panel.request"));
    await window.find("button", text("panel.verify_mail"));
    await shoot(window, `${theme}-code-needed`);
    await window.press(text("panel.verify_mail"));
    await window.press(next("Webshare"));
    await change(window, "panel.verify_mail_link");
    await window.press(next("Mannco.store"));
    await change(window, "panel.verify_mail", theme);
    await shoot(window, `${theme}-changed`);
  } finally {
    await app.close();
    await home.remove();
  }
}
