// Not practice mode: a profile added by one paste, keys under a passphrase, the code from the mail pasted by hand.
// The service is played by `readdress-cli practice` in another process, on loopback.
import { address_of } from "./cli.js";
import { text } from "./text.js";

const INSTANCE = "3E2E0000000000000000000000000001";
const TOKEN = "E2E00000000000000000000000000001";
export const PASSPHRASE = "four quiet words together";

/** The newest mail to `address`, as a person would copy it. */
export async function mail_to(practice, address) {
  const mails = address_of(practice.told, "mailbox");
  for (let tried = 0; tried < 100; tried += 1) {
    const list = await (await fetch(mails)).json();
    const mail = (Array.isArray(list) ? list : list.mails).filter((one) => JSON.stringify(one).includes(address)).at(-1);
    if (mail) return mail.text ?? mail.raw ?? mail.body;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`no mail came to ${address}`);
}

/** From the first start to a kept profile, and a vault under [`PASSPHRASE`]. */
export async function add_profile(window, practice, label) {
  const z_api = address_of(practice.told, "z-api");
  await window.paste(text("welcome.paste"), `${z_api}/instances/${INSTANCE}/token/${TOKEN}`);
  const dialog = await window.find("region", text("add.title"));
  await window.says(text("add.field_hidden", { field: "Instance token" }), dialog);
  await window.type(text("add.name"), label, dialog);
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
}

/** Requests `email` for the profile and waits until its code is asked for. */
export async function request(window, label, email) {
  const panel = await window.find("region", text("panel.of", { label }));
  await window.type(text("panel.new_email"), email, panel);
  await window.press(text("panel.request"), panel);
  await window.find("textbox", text("panel.code_label"));
}

/** Ends the change by the code of its mail. `locked`: the vault is asked for in between. */
export async function give_code(window, practice, email, { locked = false } = {}) {
  const mail = await mail_to(practice, email);
  // A panel that has just been opened takes no clicks before it is in its place.
  const box = await window.find("textbox", text("panel.code_label"));
  await window.until("a box that can be clicked", () => box.click().then(() => true, () => false));
  await window.paste(text("panel.code_label"), mail);
  await window.press(text("panel.verify"));
  if (locked) await unlock(window);
  await window.says(text("panel.done_proved"));
}

export async function unlock(window) {
  const vault = await window.find("region", text("vault.unlock_title"));
  await window.type(text("vault.passphrase_field"), PASSPHRASE, vault);
  await window.press(text("vault.unlock_do"), vault);
}
