// What a person does with the window: press, type, paste, read. Everything waits until it can be done.
// Not here: which flow it belongs to.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Key } from "selenium-webdriver";
import { find_in_page } from "./find.js";
import { shots } from "./places.js";

const LONGEST_WAIT = 15_000;

export class Window {
  constructor(driver) {
    this.driver = driver;
  }

  /** Waits for what `look` resolves to, unless that is nothing. */
  async until(what, look, longest = LONGEST_WAIT) {
    const end = Date.now() + longest;
    for (;;) {
      const found = await look();
      if (found) return found;
      if (Date.now() > end) throw new Error(`The window does not show ${what}. It shows:\n${await this.all_text()}`);
      await pause(50);
    }
  }

  now(role, name, within = null) {
    return this.driver.executeScript(`return (${find_in_page})(...arguments)`, role, name, within);
  }

  find(role, name, within = null) {
    return this.until(`the ${role} "${name}"`, () => this.now(role, name, within));
  }

  async press(name, within = null) {
    await (await this.find("button", name, within)).click();
  }

  /** Presses what takes the window away. The answer is not waited for: where the window is hidden before WebDriver has seen its
   *  click through, none comes while it is. What the press did is for the caller to look at. */
  async press_to_hide(name) {
    const button = await this.find("button", name);
    button.click().catch(() => {});
  }

  async choose(name, within = null) {
    await (await this.find("radio", name, within)).click();
  }

  /** Selects the profile of that name in the list. */
  select(label) {
    const click = (name) => {
      const row = Array.from(document.querySelectorAll("[role=row]")).find((one) => one.innerText.includes(name));
      row?.click();
      return Boolean(row);
    };
    return this.until(`a row "${label}"`, () => this.driver.executeScript(`return (${click})(...arguments)`, label));
  }

  /** Types over what is there. WebDriver's own `clear` fires no event that the page hears, and a held Control
   *  lasts to the end of its call, so the text has a call of its own. */
  async type(name, text, within = null) {
    const box = await this.find("textbox", name, within);
    await box.click();
    await box.sendKeys(Key.chord(Key.CONTROL, "a"));
    await box.sendKeys(Key.BACK_SPACE, text);
  }

  /** As Ctrl V does: the page may take the text itself, else it is inserted at the cursor. */
  async paste(name, text, within = null) {
    const box = await this.find("textbox", name, within);
    await box.click();
    await this.driver.executeScript(paste_in_page, box, text);
  }

  all_text() {
    return this.driver.executeScript("return document.body.innerText");
  }

  /** Waits until the window, or a part of it, says this. */
  says(text, within = null) {
    const look = async () => {
      // Not WebDriver's own getText: it puts a space behind an isolated gap (<bdi>) that nobody sees.
      const shown = within ? await this.driver.executeScript("return arguments[0].innerText", within) : await this.all_text();
      return shown.replace(/\s+/g, " ").includes(text);
    };
    return this.until(`"${text}"`, look);
  }

  async resize(width, height) {
    await this.driver.manage().window().setRect({ x: 0, y: 0, width, height });
  }

  async shoot(name, folder = shots) {
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${name}.png`);
    await writeFile(path, await this.driver.takeScreenshot(), "base64");
    return path;
  }
}

/* global ClipboardEvent, DataTransfer, document */
function paste_in_page(box, text) {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  if (box.dispatchEvent(event)) document.execCommand("insertText", false, text);
}
