// Mails that are dropped on the window or opened, and codes in the clipboard: understood and shown, never sent by themselves.
import { expect, test } from "vitest";
import type { Page } from "playwright-core";
import { choose, focused, open_page, row, use_browser } from "./page";
import { drag_files, eml } from "./mail_views";

use_browser();

const tag = (page: Page): Promise<string | null> => page.locator(".panel header .tag").textContent();

test("a mail dropped on Pending finds its change; only Enter sends it", async () => {
  const { page } = await open_page({ screen: "pending" });
  await page.locator(".job").first().waitFor();
  await drag_files(page, [eml("trade8@newname.example", "Your code: 481903")], false);
  await page.getByText("Drop the mail here").waitFor();
  await drag_files(page, [eml("trade8@newname.example", "Your code: 481903")]);
  await expect.poll(() => page.getByText("Drop the mail here").count()).toBe(0);
  await page.getByText("change.eml").waitFor();
  await page.getByText("The mail comes from noreply@mannco.store.").waitFor();
  await page.getByRole("button", { name: /^Verify Trade desk 8/ }).waitFor();
  expect(await page.locator(".job", { hasText: "Trade desk 8" }).locator(".tag").textContent()).toContain("Code needed");
  await page.keyboard.press("Enter");
  await page.getByText("Changed and proved.").waitFor();
});

test("dropped elsewhere it goes to the selected change, else to Pending", async () => {
  const { page } = await open_page();
  await choose(page, "Trade desk 8");
  await page.getByLabel(/^Code, link/).waitFor();
  await drag_files(page, [eml("trade8@newname.example", "Your code: 481903")]);
  await expect.poll(() => page.getByLabel(/^Code, link/).inputValue()).toBe("481903");
  expect(await tag(page)).toContain("Code needed");
  await page.keyboard.press("Control+4");
  await page.locator("#set-about").waitFor();
  await drag_files(page, [eml("trade1@newname.example", "Your code: 481903")]);
  await page.getByRole("button", { name: /^Verify Trade desk 1/ }).waitFor();
});

test("a mail older than the request is said to be one", async () => {
  const { page } = await open_page({ screen: "pending" });
  await page.locator(".job").first().waitFor();
  const old = eml("trade1@newname.example", "Your code: 481903");
  await drag_files(page, [{ ...old, text: old.text.replace("20 Nov 2026 17:03", "20 Nov 2026 16:03") }]);
  await page.getByText("This mail is from 13:03, older than the request.").waitFor();
});

test("letters that are no UTF-8 are kept one to one", async () => {
  const { page } = await open_page({ screen: "pending" });
  await page.locator(".job").first().waitFor();
  await drag_files(page, [eml("trade8@newname.example", "Ol\u00e1, c\u00f3digo: 481903")]);
  await page.getByRole("button", { name: /^Verify Trade desk 8/ }).waitFor();
});

test("other files are named and not taken, nor is a second mail", async () => {
  const { page } = await open_page({ screen: "pending" });
  await page.locator(".job").first().waitFor();
  await drag_files(page, [{ name: "<b>notes</b>.pdf", type: "application/pdf", text: "481903" }]);
  await page.getByText("<b>notes</b>.pdf is no mail file (.eml). Nothing was taken from it.").waitFor();
  expect(await page.getByRole("button", { name: /^Verify / }).count()).toBe(0);
  const second = { ...eml("trade1@newname.example", "Your code: 204417"), name: "second.eml" };
  await drag_files(page, [eml("trade8@newname.example", "Your code: 481903"), second]);
  await page.getByText("One mail at a time: second.eml was not taken.").waitFor();
  await page.getByRole("button", { name: /^Verify Trade desk 8/ }).waitFor();
});

test("without a mouse: a mail file is opened, and put away with Esc", async () => {
  const { page } = await open_page({ screen: "pending" });
  await page.locator(".job").first().waitFor();
  const chosen = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Open a mail file…" }).focus();
  await page.keyboard.press("Enter");
  const mail = eml("trade8@newname.example", "Your code: 481903");
  await (await chosen).setFiles({ name: mail.name, mimeType: mail.type, buffer: Buffer.from(mail.text) });
  await page.getByRole("button", { name: /^Verify Trade desk 8/ }).waitFor();
  expect(await focused(page)).toMatch(/^Paste a code/);
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("button", { name: /^Verify / }).count()).toBe(0);
  expect(await page.getByText("change.eml").count()).toBe(0);
});

test("an activation link in a mail is named as one", async () => {
  const { page } = await open_page({ screen: "pending" });
  await page.locator(".job").first().waitFor();
  await drag_files(page, [eml("infra@newname.example", "https://dashboard.webshare.io/activation/abcdef/confirm/")]);
  await page.getByText(/activates an account/).waitFor();
  expect(await page.getByRole("button", { name: /^Verify / }).count()).toBe(0);
});

const clipboard = { clipboard: "To: trade8@newname.example\n\nCode: 481903" };
const focus_window = (page: Page): Promise<void> => page.evaluate(() => void window.dispatchEvent(new Event("focus")));

test("the clipboard's code is offered, fills the box, and is not sent", async () => {
  const { page } = await open_page({ scenario: "mail", more: clipboard });
  await row(page, "Trade desk 8").waitFor();
  await focus_window(page);
  await page.getByText("The clipboard holds a code for Trade desk 8: 481903").waitFor();
  await page.getByRole("button", { name: "Use it", exact: true }).click();
  await expect.poll(() => page.getByLabel(/^Code, link/).inputValue()).toBe("481903");
  expect(await tag(page)).toContain("Code needed");
  await focus_window(page);
  await page.waitForTimeout(100);
  expect(await page.getByText(/^The clipboard holds/).count()).toBe(0);
});

test("what was put away is not offered again; off is off", async () => {
  const { page } = await open_page({ scenario: "mail", more: clipboard });
  await row(page, "Trade desk 8").waitFor();
  await focus_window(page);
  await page.getByRole("button", { name: "Do not use it" }).click();
  await focus_window(page);
  await page.waitForTimeout(100);
  expect(await page.getByText(/^The clipboard holds/).count()).toBe(0);
  const off = await open_page({ screen: "settings", scenario: "mail" });
  expect(await off.page.getByRole("checkbox", { name: /Offer a code or link from the clipboard/ }).isChecked()).toBe(false);
  await focus_window(off.page);
  await off.page.waitForTimeout(100);
  expect(await off.page.getByText(/^The clipboard holds/).count()).toBe(0);
});
