// Backup and restore, as a person does them: what is asked, what is said, what is never done by one press.
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { axe, cut_buttons, open_page, shoot, sideways, use_browser } from "./page";

use_browser();

async function sound(page: Page): Promise<void> {
  expect(await axe(page)).toEqual([]);
  expect(await sideways(page)).toEqual([]);
  expect(await cut_buttons(page)).toEqual([]);
}

const field = (page: Page) => page.getByRole("dialog").getByLabel("Passphrase of the backup");

describe("export", () => {
  test("asks the passphrase twice, says how strong it is, and what was saved", async () => {
    const { page } = await open_page({ screen: "settings" });
    await page.getByRole("button", { name: "Export backup…" }).click();
    await page.getByRole("dialog", { name: "Export a backup" }).waitFor();
    await field(page).fill("short");
    await page.getByText("At least 8 characters.").waitFor();
    await field(page).fill("password1");
    await page.getByText(/Weak: it could/).waitFor();
    await field(page).fill("four words nobody guesses");
    await page.getByText("Strong.").waitFor();
    await page.getByLabel("The same again").fill("four words nobody guesse");
    await page.getByRole("button", { name: "Choose where to save…" }).click();
    await page.getByText("The two are not the same.").waitFor();
    await page.getByLabel("The same again").fill("four words nobody guesses");
    await page.keyboard.press("Enter");
    await page.getByText(/Saved as readdress-2026-11-20\.age: \d+ profiles, \d+ changes\./).waitFor();
    expect(await page.locator("body").innerHTML()).not.toContain("nobody guesses");
    await page.getByRole("dialog").getByRole("button", { name: "Close", exact: true }).last().click();
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  test("a dialog that was left saves nothing and keeps what was typed; a full disk is told", async () => {
    for (const [file, seen] of [["left", null], ["broken", /The disk is full where the backup was to be saved/]] as const) {
      const { page } = await open_page({ screen: "settings", more: { file } });
      await page.getByRole("button", { name: "Export backup…" }).click();
      await field(page).fill("four words nobody guesses");
      await page.getByLabel("The same again").fill("four words nobody guesses");
      await page.keyboard.press("Enter");
      if (seen) await page.getByText(seen).waitFor();
      expect(await field(page).inputValue()).toBe("four words nobody guesses");
    }
  });
});

describe("restore", () => {
  test("where something is, it says what would go; the focus is on the safe answer", async () => {
    const { page } = await open_page({ screen: "settings" });
    await page.getByRole("button", { name: "Restore backup…" }).click();
    expect(await page.getByRole("button", { name: "Restore", exact: true }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Choose file…" }).click();
    await page.getByText("readdress-2026-11-12.age").waitFor();
    await field(page).fill("four words for never");
    await page.keyboard.press("Enter");
    await page.getByText(/This passphrase does not open the backup/).waitFor();
    await field(page).fill("four words for later");
    await page.keyboard.press("Enter");
    const asks = page.getByRole("alertdialog", { name: "Replace everything here?" });
    await asks.waitFor();
    await asks.getByText(/The backup of .*2026.* holds \d+ profiles/).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe("Cancel");
    await page.keyboard.press("Enter");
    expect(await page.getByRole("alertdialog").count()).toBe(0);
  });

  test("replaced, the open changes are unknown and say where they come from", async () => {
    const { page } = await open_page({ screen: "settings" });
    await page.getByRole("button", { name: "Restore backup…" }).click();
    await page.getByRole("button", { name: "Choose file…" }).click();
    await field(page).fill("four words for later");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Replace everything" }).click();
    await page.getByText(/Restored: \d+ profiles/).waitFor();
    await page.getByText(/open changes had been sent: they are unknown now/).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Close", exact: true }).last().click();
    await page.getByRole("link", { name: "Profiles" }).click();
    await page.getByRole("row", { name: /Support line/ }).click();
    await page.getByText(/This change comes from a backup/).first().waitFor();
  });

  test("from the first start: keys get their place, and the profiles are there", async () => {
    const { page } = await open_page({ scenario: "first-start" });
    await page.getByRole("button", { name: "Restore a backup" }).click();
    await page.getByRole("button", { name: "Choose file…" }).click();
    await field(page).fill("four words for later");
    await page.keyboard.press("Enter");
    // The vault is asked for first; the restore goes on by itself.
    await page.getByRole("dialog").getByText(/keychain/i).first().waitFor();
    await page.getByRole("dialog").last().locator(".btn.primary").click();
    await page.getByText(/Restored: \d+ profiles/).waitFor();
  });

  test("a broken backup says that nothing was changed", async () => {
    const { page } = await open_page({ screen: "settings", more: { file: "broken" } });
    await page.getByRole("button", { name: "Restore backup…" }).click();
    await page.getByRole("button", { name: "Choose file…" }).click();
    await field(page).fill("four words for later");
    await page.keyboard.press("Enter");
    await page.getByText("The end of this backup is missing. Nothing was changed.").waitFor();
  });
});

test("practice has none", async () => {
  const { page } = await open_page({ scenario: "practice", screen: "settings" });
  await page.getByText("Practice has no backup. Leave practice first.").waitFor();
  expect(await page.getByRole("button", { name: "Export backup…" }).count()).toBe(0);
});

test.each(["light", "dark"] as const)("%s: section and dialogs, at both sizes", async (theme) => {
  for (const size of ["wide", "small"] as const) {
    const { page } = await open_page({ screen: "settings", theme, size });
    await page.getByRole("navigation", { name: "Settings" }).getByRole("button", { name: "Backup" }).click();
    await sound(page);
    await shoot(page, `backup-section-${theme}-${size}`);
    await page.getByRole("button", { name: "Export backup…" }).click();
    await field(page).fill("password1");
    await sound(page);
    await shoot(page, `backup-export-${theme}-${size}`);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Restore backup…" }).click();
    await page.getByRole("button", { name: "Choose file…" }).click();
    await field(page).fill("four words for later");
    await sound(page);
    await shoot(page, `backup-restore-${theme}-${size}`);
    await page.keyboard.press("Enter");
    await page.getByRole("alertdialog").waitFor();
    await sound(page);
    await shoot(page, `backup-replace-${theme}-${size}`);
  }
});
