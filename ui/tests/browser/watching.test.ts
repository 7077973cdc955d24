// A code that comes by itself, a mail that somebody must decide about, and what the window says of both.
import { expect, test } from "vitest";
import type { Page } from "playwright-core";
import { choose, focused, open_page, row, sideways, use_browser } from "./page";
import { play } from "./mail_views";

use_browser();

const job = (page: Page, label: string): ReturnType<Page["locator"]> => page.locator(".job", { hasText: label });
const status = (page: Page): ReturnType<Page["locator"]> => page.locator(".mail-status");

test("a code that comes by mail is announced, and the change finishes with no hand on it", async () => {
  const { page } = await open_page({ scenario: "mail" });
  await choose(page, "Trade desk 8");
  await page.getByText("Readdress is watching trade8@newname.example; nothing to do.").waitFor();
  await page.getByText("Last looked 5 s ago · Junk too").waitFor();
  await play(page, { kind: "mail", label: "Trade desk 8" });
  await page.locator("[role=status]", { hasText: "A code came by mail from noreply@mannco.store and was used." }).waitFor({ state: "attached" });
  await page.getByText("Changed and proved.").waitFor();
});

test("list and panel wear the same tag, and what is watched needs nobody", async () => {
  const { page } = await open_page({ scenario: "mail" });
  const panel_tag = page.locator(".panel > header .tag");
  const list_tag = row(page, "Trade desk 1").locator(".tag");
  await choose(page, "Trade desk 1");
  await expect.poll(() => panel_tag.textContent()).toContain("You decide");
  expect(await list_tag.textContent()).toContain("You decide");
  const needs_you = page.getByRole("button", { name: /^Needs you/ });
  const needing = Number(/\d+/.exec((await needs_you.textContent()) ?? "")?.[0]);
  await page.getByRole("button", { name: "None of these" }).click();
  await expect.poll(() => panel_tag.textContent()).toContain("Mailbox watched");
  expect(await list_tag.textContent()).toContain("Mailbox watched");
  await expect.poll(() => needs_you.textContent()).toContain(`${needing - 1}`);
  await needs_you.click();
  await expect.poll(() => row(page, "Trade desk 1").count()).toBe(0);
  // Less than an hour is left: that is not left to the mailbox alone.
  expect(await row(page, "Trade desk 8").locator(".tag").textContent()).toContain("Code needed");
});

test("the window's foot says what watching comes to, and leads to the mailboxes", async () => {
  const { page } = await open_page({ scenario: "mail" });
  await expect.poll(() => status(page).textContent()).toContain("Mail: watching 1 mailbox");
  await status(page).click();
  await page.getByRole("heading", { name: "Mailboxes" }).waitFor();
  expect(await focused(page)).toBe("Mailboxes");
  // It leads there again, also from further down on the same screen.
  await page.getByRole("navigation", { name: "Settings" }).getByRole("button", { name: "About" }).click();
  await status(page).click();
  await expect.poll(() => focused(page)).toBe("Mailboxes");
});

test("nothing is said where there is nothing to say; trouble has words and a countdown", async () => {
  const calm = await open_page({ scenario: "mock" });
  await row(calm.page, "Support line").waitFor();
  expect(await status(calm.page).count()).toBe(0);
  const { page } = await open_page({ scenario: "mail-trouble" });
  await expect.poll(() => status(page).textContent()).toContain("Mail: needs you");
  expect(await status(page).getAttribute("title")).toBe("infra@newname.example: Login refused");
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "More for infra@newname.example" }).click();
  await page.getByRole("menuitem").click();
  await page.getByRole("button", { name: "Remove mailbox", exact: true }).click();
  await expect.poll(() => status(page).textContent()).toContain("Mail: not reached, again in 0:40");
  await page.clock.setFixedTime("2026-11-20T17:04:30Z");
  await expect.poll(() => status(page).textContent()).toContain("again in 0:10");
  await page.setViewportSize({ width: 900, height: 600 });
  expect(await status(page).getAttribute("aria-label")).toContain("Mail: not reached");
});

test("several values: one is chosen, then sent; nothing before that", async () => {
  const { page } = await open_page({ screen: "pending", scenario: "mail" });
  const ask = page.getByRole("group", { name: "A mail for Trade desk 1 to decide about" });
  await ask.getByText("Several values in this text could be the code.").waitFor();
  await ask.getByText("Mail from noreply@mannco.store to trade1@newname.example, 1 min ago.").waitFor();
  expect(await ask.getByRole("button", { name: "Choose a value" }).isDisabled()).toBe(true);
  expect(await job(page, "Trade desk 1").locator(".tag").textContent()).toContain("You decide");
  await ask.getByRole("button", { name: "481903", exact: true }).focus();
  await page.keyboard.press("Space");
  await ask.getByRole("button", { name: "Send 481903" }).click();
  await page.getByText("Changed and proved.").waitFor();
  await expect.poll(() => job(page, "Trade desk 1").count()).toBe(0);
});

test("none of these: it is not asked about again, and nothing was sent", async () => {
  const { page } = await open_page({ screen: "pending", scenario: "mail" });
  await page.getByRole("button", { name: "None of these" }).click();
  await page.getByText("Trade desk 1: this mail is left out. The next one is looked at.").waitFor();
  await expect.poll(() => page.locator(".mail-find").count()).toBe(0);
  await expect.poll(() => job(page, "Trade desk 1").locator(".tag").textContent()).toContain("Mailbox watched");
});

test("a new sender is asked about in the panel too, with one value to send", async () => {
  const { page } = await open_page({ scenario: "mail-trouble" });
  await choose(page, "Trade desk 8");
  await page.getByText(/This mail comes from hello@elsewhere\.example; the mails of Mannco\.store came from noreply@mannco\.store before/).waitFor();
  await page.getByText(/in Junk, 1 min ago/).waitFor();
  await page.getByRole("button", { name: "Send 481903" }).click();
  await page.getByText("Changed and proved.").waitFor();
});

test("a wrong one costs a try and says so", async () => {
  const { page } = await open_page({ screen: "pending", scenario: "mail" });
  await page.getByRole("button", { name: "204417", exact: true }).click();
  await page.getByRole("button", { name: "Send 204417" }).click();
  await page.getByText("Not accepted, and not sent again. Nothing has changed.").waitFor();
});

test("a mail to decide about is announced when it comes", async () => {
  const { page } = await open_page({ scenario: "mail" });
  await expect.poll(() => status(page).count()).toBe(1);
  await play(page, { kind: "find", label: "Trade desk 8", choices: ["111111", "222222"] });
  await page.locator("[role=status]", { hasText: "A mail from noreply@mannco.store came; you decide about it on Pending." }).waitFor({ state: "attached" });
});

test("no mailbox for an address: a quiet line leads to one, and can be put away", async () => {
  const { page } = await open_page({ scenario: "mail" });
  await choose(page, "Proxy pool EU");
  await page.getByText("Add the mailbox of infra@newname.example and the code comes by itself.").waitFor();
  await page.getByRole("button", { name: "Add mailbox…" }).click();
  expect(await page.getByLabel("Mail address").inputValue()).toBe("infra@newname.example");
  await page.getByText("The mail server of newname.example is not known here.").waitFor();
  await page.keyboard.press("Escape");
  expect(await focused(page)).toBe("Add mailbox…");
  await page.getByRole("button", { name: "Not for this change" }).click();
  await expect.poll(() => page.getByText(/Add the mailbox of infra/).count()).toBe(0);
  await choose(page, "Support line");
  await choose(page, "Proxy pool EU");
  await page.getByLabel(/^Link, code/).waitFor();
  expect(await page.getByText(/Add the mailbox of infra/).count()).toBe(0);
});

test("the offer stands there right after a request", async () => {
  const { page } = await open_page();
  await choose(page, "Trade desk 4");
  await page.getByLabel("New email").fill("trade4@newname.example");
  await page.keyboard.press("Enter");
  await page.getByText("Add the mailbox of trade4@newname.example and the code comes by itself.").waitFor();
});

test("a mailbox that is not reached says so in the panel, and Look now tries", async () => {
  const { page } = await open_page({ scenario: "mail-trouble" });
  await choose(page, "Trade desk 1");
  await page.getByText(/It is tried again in 0:40/).waitFor();
  await page.locator(".panel").getByRole("button", { name: "Look now" }).click();
  await page.getByText("Readdress is watching trade1@newname.example; nothing to do.").waitFor();
});

test("closing while changes wait asks; Esc leaves it open; the answer can be kept", async () => {
  const { page } = await open_page({ scenario: "mail" });
  await page.getByRole("button", { name: "Add profile" }).focus();
  await play(page, { kind: "closing", waiting: 3 });
  await page.getByRole("dialog", { name: "3 changes wait for a mail" }).waitFor();
  expect(await focused(page)).toBe("Keep watching");
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  expect(await focused(page)).toBe("Add profile");
  expect(await page.locator("html").getAttribute("data-closed")).toBeNull();
  await play(page, { kind: "closing", waiting: 1 });
  await page.getByRole("dialog", { name: "1 change waits for a mail" }).waitFor();
  await page.getByLabel("Do not ask again").check();
  await page.getByRole("button", { name: "Keep watching" }).click();
  await expect.poll(() => page.locator("html").getAttribute("data-closed")).toBe("kept");
  await page.getByRole("link", { name: "Settings" }).click();
  expect(await page.getByLabel("Closing the window").inputValue()).toBe("keep");
});

test("a notification shows its change", async () => {
  const { page } = await open_page({ screen: "settings", scenario: "mail" });
  await play(page, { kind: "show", label: "Trade desk 8" });
  await page.getByRole("complementary", { name: "Profile Trade desk 8" }).waitFor();
});

test("a thousand waiting changes scroll, by what runs out first, and only those in sight are drawn", async () => {
  const { page } = await open_page({ screen: "pending", scenario: "1000-pending" });
  await page.locator(".job").first().waitFor();
  expect(await page.locator(".job").count()).toBeLessThan(40);
  await expect.poll(() => page.locator(".cap").first().textContent()).toContain("Goes on by itself · 1,000");
  // The oldest request of a service with a limit runs out first.
  expect(await page.locator(".job .name").first().textContent()).toBe("Desk 0999");
  await page.locator(".job .name").first().focus();
  await page.keyboard.press("End");
  await expect.poll(() => focused(page)).toMatch(/^Desk \d{4}$/);
  expect(await page.evaluate(() => document.activeElement?.closest("[aria-posinset]")?.getAttribute("aria-posinset"))).toBe("1000");
  expect(await page.locator(".job").count()).toBeLessThan(40);
  expect(await sideways(page)).toEqual([]);
  // Generous, since the machine may be busy: the usual frame of a jump is short.
  const usual = await page.evaluate(async () => {
    const list = document.querySelector<HTMLElement>(".work .scroll");
    if (!list) return -1;
    const frames: number[] = [];
    for (let i = 0; i < 31; i++) {
      const before = performance.now();
      list.scrollTop = (i * 7919) % list.scrollHeight;
      await new Promise((done) => requestAnimationFrame(() => done(null)));
      frames.push(performance.now() - before);
    }
    return frames.sort((a, b) => a - b)[15] ?? -1;
  });
  expect(usual).toBeGreaterThan(0);
  expect(usual).toBeLessThan(200);
});
