// Not practice mode: a profile added by one paste, keys under a passphrase, the code from the mail pasted by hand.
// The service is played by `readdress-cli practice` in another process, on loopback.
import assert from "node:assert/strict";
import { join } from "node:path";
import { address_of, ask_cli, start_practice } from "../support/cli.js";
import { flow } from "../support/flow.js";
import { text } from "../support/text.js";

const INSTANCE = "3E2E0000000000000000000000000001";
const TOKEN = "E2E00000000000000000000000000001";
const PASSPHRASE = "four quiet words together";
const NEW = "moved@practice.example";

/** The newest mail to `address`, as a person would copy it. */
async function mail_to(mails, address) {
  for (let tried = 0; tried < 100; tried += 1) {
    const list = await (await fetch(mails)).json();
    const mail = (Array.isArray(list) ? list : list.mails).filter((one) => JSON.stringify(one).includes(address)).at(-1);
    if (mail) return mail.text ?? mail.raw ?? mail.body;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`no mail came to ${address}`);
}

flow("a real profile, from paste to changed", async (window, home, stop) => {
  const practice = await start_practice(join(home.folder, "practice-server"));
  try {
    const z_api = address_of(practice.told, "z-api");
    await window.paste(text("welcome.paste"), `${z_api}/instances/${INSTANCE}/token/${TOKEN}`);
    const dialog = await window.find("region", text("add.title"));
    await window.says(text("add.field_hidden", { field: "Instance token" }), dialog);
    await window.type(text("add.name"), "Support line", dialog);
    await window.press(text("add.test"), dialog);
    await window.says("That was a read; nothing was changed.", dialog);
    await window.press(text("add.save"), dialog);

    // The first key asks where the vault's own key is to be kept.
    const vault = await window.find("region", text("vault.set_up_title"));
    // Where no keychain answers, a passphrase is all there is to choose.
    if (await window.now("radio", text("vault.passphrase"), vault)) await window.choose(text("vault.passphrase"), vault);
    await window.type(text("vault.passphrase_field"), PASSPHRASE, vault);
    await window.type(text("vault.repeat_field"), PASSPHRASE, vault);
    await window.press(text("vault.set_up_do"), vault);

    const panel = await window.find("region", text("panel.of", { label: "Support line" }));
    await window.type(text("panel.new_email"), NEW, panel);
    await window.press(text("panel.request"), panel);
    await window.find("textbox", text("panel.code_label"));
    await window.paste(text("panel.code_label"), await mail_to(address_of(practice.told, "mailbox"), NEW));
    await window.press(text("panel.verify"));
    await window.says(text("panel.done_proved"));

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
