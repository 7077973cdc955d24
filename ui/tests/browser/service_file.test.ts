// Service files that are opened or chosen: shown with their host before anything is added, never in the place of a shipped one; and what else a
// start can be for. Not here: the host's acceptance at the first key (own_service.test.ts), how each state looks (views.ts).
import { describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { axe, cut_buttons, focused, open_page, shoot, sideways, use_browser } from "./page";

use_browser();

const HOST = "api.forge.example:8443";

async function sound(page: Page): Promise<void> {
  expect(await axe(page)).toEqual([]);
  expect(await sideways(page)).toEqual([]);
  expect(await cut_buttons(page)).toEqual([]);
}

const ask = (page: Page, name: string): Promise<void> => page.evaluate((errand) => globalThis.fake_errand?.(errand), name);

test("a file is chosen, read, added, and its first profile asks for the host", async () => {
  const { page } = await open_page({ screen: "settings", size: "small" });
  await page.getByRole("button", { name: "Add a service file…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(HOST, { exact: true }).waitFor();
  expect(await focused(page), "the safe answer").toBe("Cancel");
  for (const words of ["POST /api/v3/changeemail/", "with the link from the mail", "nobody has reviewed it"]) expect(await dialog.textContent()).toContain(words);
  await dialog.getByRole("button", { name: "Add service" }).click();
  await dialog.getByRole("heading", { name: "Forge is added" }).waitFor();
  await sound(page);
  expect(await focused(page)).toBe("Add profile…");
  await page.keyboard.press("Enter");
  await dialog.getByRole("heading", { name: "Add profile" }).waitFor();
  await dialog.getByRole("button", { name: `Yes, use ${HOST}` }).waitFor();
  await page.keyboard.press("Escape");
  expect(await page.locator("#set-services").textContent()).toContain("Forge");
});

test("a dialog that is left adds nothing", async () => {
  const { page } = await open_page({ screen: "settings", more: { file: "left" } });
  await page.getByRole("button", { name: "Add a service file…" }).click();
  expect(await page.getByRole("dialog").count()).toBe(0);
});

test("an id that is taken by one's own file is replaced by that name only", async () => {
  const { page } = await open_page({ more: { errand: "file-replaces" } });
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("heading", { name: "Replace the service Forge" }).waitFor();
  const text = await dialog.textContent();
  for (const words of ["forge.toml", "old.forge.example", "2 profiles use it", "1 change is open"]) expect(text).toContain(words);
  await dialog.getByRole("button", { name: "Replace service" }).click();
  await dialog.getByRole("heading", { name: "Forge is added" }).waitFor();
});

test.each(["shipped", "same", "elsewhere", "mistakes", "missing", "large", "not_text"])("%s: there is nothing to add", async (kind) => {
  const { page } = await open_page({ more: { errand: `file-${kind}` } });
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  expect(await dialog.locator("footer .primary").count()).toBe(0);
  if (kind === "mistakes") for (const words of ["3 mistakes", "Line 12, column 7", "unknown field `metod`", "did you mean `method`?"]) expect(await dialog.textContent()).toContain(words);
  await dialog.locator("footer").getByRole("button", { name: "Close" }).click();
  expect(await page.getByRole("dialog").count()).toBe(0);
});

test("hostile words of a file steer nothing", async () => {
  const { page } = await open_page({ more: { errand: "file-hostile" } });
  const dialog = page.getByRole("dialog");
  await dialog.getByText("/api/v3/profile/").waitFor();
  expect(await dialog.textContent()).not.toMatch(/[\u200b\u202a-\u202e]/);
});

test("several files come one after the other", async () => {
  const { page } = await open_page({ more: { errand: "file-new,file-missing" } });
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("heading", { name: "Add the service Forge" }).waitFor();
  await page.keyboard.press("Escape");
  await dialog.getByRole("heading", { name: "forge.readdress was not added" }).waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
});

test("what cannot be written is told in the dialog", async () => {
  const { page } = await open_page({ screen: "settings", more: { file: "full" } });
  await page.evaluate(() => globalThis.fake_errand?.("file-new"));
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Add service" }).click();
  await dialog.getByText(/disk is full/i).first().waitFor();
  await sound(page);
});

test("a file that is opened over a form leaves what was typed", async () => {
  const { page } = await open_page();
  await page.getByRole("button", { name: "Add profile" }).first().click();
  await page.getByRole("textbox", { name: "Name in your list" }).fill("Half a profile");
  await ask(page, "file-new");
  await page.getByRole("heading", { name: "Add the service Forge" }).waitFor();
  await page.getByRole("button", { name: "Add service" }).click();
  await page.getByRole("button", { name: "Add profile…" }).last().click();
  await page.getByRole("heading", { name: "Forge is added" }).waitFor({ state: "detached" });
  expect(await page.getByRole("textbox", { name: "Name in your list" }).inputValue()).toBe("Half a profile");
});

describe("actions of the desktop entry", () => {
  test("a new profile", async () => {
    const { page } = await open_page({ more: { errand: "add_profile" } });
    await page.getByRole("dialog").getByRole("heading", { name: "Add profile" }).waitFor();
  });

  test("what waits", async () => {
    const { page } = await open_page({ more: { errand: "pending" } });
    await page.getByRole("heading", { name: "Pending", level: 1 }).waitFor();
  });

  test("practice, and a real profile out of it", async () => {
    const { page } = await open_page({ more: { errand: "practice" } });
    await page.getByText("Practice. Nothing leaves this computer.").waitFor();
    await ask(page, "add_profile");
    await page.getByRole("dialog").getByRole("heading", { name: "Add profile" }).waitFor();
    expect(await page.getByText("Practice. Nothing leaves this computer.").count()).toBe(0);
  });

  test("an action waits for a form that is open", async () => {
    const { page } = await open_page();
    await page.getByRole("button", { name: "Add profile" }).first().click();
    await page.getByRole("textbox", { name: "Name in your list" }).fill("Half a profile");
    await ask(page, "practice");
    await page.waitForTimeout(300);
    expect(await page.getByRole("textbox", { name: "Name in your list" }).inputValue()).toBe("Half a profile");
    // A file does not wait behind it.
    await ask(page, "file-new");
    await page.getByRole("heading", { name: "Add the service Forge" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { name: "Add the service Forge" }).waitFor({ state: "detached" });
    expect(await page.getByRole("textbox", { name: "Name in your list" }).inputValue()).toBe("Half a profile");
    await page.keyboard.press("Escape");
    await page.getByText("Practice. Nothing leaves this computer.").waitFor();
  });

  test("a mail looks for its change", async () => {
    const { page } = await open_page({ more: { errand: "mail" } });
    await page.getByRole("heading", { name: "Pending", level: 1 }).waitFor();
    await page.getByText("the code.eml").first().waitFor();
    await ask(page, "no_mail");
    await page.getByText("the code.eml cannot be read. Nothing was taken from it.").waitFor();
  });
});

test("in practice the file is said to be for the real profiles", async () => {
  const { page } = await open_page({ scenario: "practice", more: { errand: "file-new" } });
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/It is added to your real services/).waitFor();
  await dialog.getByRole("button", { name: "Add service" }).click();
  await dialog.getByText(/leave practice to use it/).waitFor();
  expect(await dialog.getByRole("button", { name: "Add profile…" }).count()).toBe(0);
});

describe.each(["pt-BR", "es"] as const)("%s", (language) => {
  test.each(["new", "replaces", "mistakes", "missing"])("%s fits the smallest window", async (kind) => {
    const { page } = await open_page({ language, size: "small", more: { errand: `file-${kind}` } });
    await page.getByRole("dialog").waitFor();
    await sound(page);
    await shoot(page, `service-file-${kind}-${language}`);
  });
});

test("a folder of a newer version: which, that nothing was touched, and where the newer one is", async () => {
  const { page } = await open_page({ scenario: "newer", size: "small" });
  const text = (await page.locator("main").textContent()) ?? "";
  for (const words of ["version 7", "up to version 2", "Nothing in the folder was touched", "github.com", "--data-dir", "/home/someone/.local/share/readdress"]) expect(text).toContain(words);
  await page.getByRole("button", { name: "Open the releases page" }).click();
  await sound(page);
});

test("new versions are looked for by the person alone", async () => {
  const { page } = await open_page({ screen: "settings" });
  await page.getByRole("navigation", { name: "Settings" }).getByRole("button", { name: "About" }).click();
  await page.getByText("Opens github.com in your browser. Readdress never looks by itself.").waitFor();
  await page.getByRole("button", { name: "Check for a new version" }).click();
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  await page.getByText("Version copied.").waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find a profile or a command" }).fill("new version");
  await page.getByRole("option", { name: "Check for a new version" }).waitFor();
});
