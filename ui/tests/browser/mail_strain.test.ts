// Mailboxes under strain: longer languages and letters, hostile text from mails, the keyboard alone.
import { describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { axe, cut_buttons, focused, open_page, shoot, sideways, use_browser } from "./page";

use_browser();

const words = { en: "Add mailbox", "pt-BR": "Adicionar caixa", es: "Añadir buzón" } as const;

describe.each([
  ["stretched by 35 %", { stretch: "1" }, "en"],
  ["large text", { size: "large" }, "en"],
  ["Portuguese", {}, "pt-BR"],
  ["Spanish", {}, "es"],
] as const)("%s", (name, more, language) => {
  const fits = async (page: Page, screen: string): Promise<void> => {
    await shoot(page, `mail-${name.split(" ")[0]?.toLowerCase()}-${screen}`);
    expect(await cut_buttons(page)).toEqual([]);
    expect(await sideways(page)).toEqual([]);
  };

  test("Pending and the panel", async () => {
    const { page } = await open_page({ screen: "pending", scenario: "mail-trouble", language, more, size: "small" });
    await page.locator(".mail-find").waitFor();
    await fits(page, "pending");
    await page.locator(".job .name", { hasText: "Trade desk 8" }).click();
    await page.locator(".panel .mail-find").waitFor();
    await fits(page, "pending-panel");
    await page.locator(".job .name", { hasText: "Trade desk 1" }).click();
    await page.locator(".panel .callout.warn").first().waitFor();
    await fits(page, "panel-retrying");
  });

  test("the list and the form", async () => {
    const { page } = await open_page({ screen: "settings", scenario: "mail-trouble", language, more, size: "small" });
    await page.locator("#set-mailboxes").scrollIntoViewIfNeeded();
    await fits(page, "settings");
    const word = "stretch" in more ? page.locator("#set-mailboxes h2 ~ .btn").last() : page.locator("#set-mailboxes .btn", { hasText: words[language] });
    await word.click();
    await page.locator("dialog input").first().fill("me@gmail.com");
    await page.locator("dialog .server .callout").waitFor();
    await fits(page, "form-known");
    await page.locator("dialog input").first().fill("me@unknown.example");
    await page.locator("dialog .ask").waitFor();
    await page.locator("dialog input[type=password]").fill("wrong");
    await page.locator("dialog .duo input").first().fill("mail.example");
    await page.keyboard.press("Enter");
    await page.locator("dialog .told li").first().waitFor();
    await fits(page, "form-test");
  });

  test("closing, the clipboard", async () => {
    const { page } = await open_page({ scenario: "mail", language, size: "small", more: { ...more, clipboard: "To: trade8@newname.example\n\nCode: 481903" } });
    await page.locator("[role=row][aria-selected]").first().waitFor();
    await page.evaluate(() => void window.dispatchEvent(new Event("focus")));
    await page.locator(".offers .toast").waitFor();
    await fits(page, "clipboard");
    await page.evaluate(() => void window.dispatchEvent(new CustomEvent("fake", { detail: { kind: "closing", waiting: 12 } })));
    await page.getByRole("dialog").waitFor();
    await fits(page, "closing");
  });
});

test.each(["pending", "settings", "profiles"] as const)("hostile senders, logins and values are only text: %s", async (screen) => {
  const { page } = await open_page({ screen, scenario: "hostile" });
  if (screen === "settings") await page.locator("#set-mailboxes li").scrollIntoViewIfNeeded();
  else if (screen === "pending") await page.locator(".mail-find").waitFor();
  else {
    for (const one of await page.locator("[role=row][aria-selected]").all()) {
      await one.click();
      if (await page.locator(".panel .mail-find").count()) break;
    }
    await page.locator(".panel .mail-find").waitFor();
  }
  await shoot(page, `hostile-mail-${screen}`);
  expect(await page.locator("img").count()).toBe(0);
  expect(await page.title()).toBe("Readdress");
  expect(await page.evaluate(() => /[\u202a-\u202e]/.test([...document.querySelectorAll(".mail-find, #set-mailboxes, .mail-status, .mail-line")].map((one) => one.textContent).join("")))).toBe(false);
  expect(await sideways(page)).toEqual([]);
  expect(await axe(page)).toEqual([]);
});

test("the form without a pointer: reading order, a ring at each stop, no way out but Esc", async () => {
  const { page } = await open_page({ screen: "settings" });
  await page.getByRole("button", { name: "Add mailbox…" }).first().focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => focused(page)).toBe("Mail address");
  await page.keyboard.type("me@unknown.example");
  await page.getByText("They learn the domain only, not the address.").waitFor();
  const stops: string[] = [];
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      if (element === document.body) return null;
      const styles = [element, element.closest("label"), element.parentElement].flatMap((one) => (one ? [getComputedStyle(one)] : []));
      return { ring: styles.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2), inside: element.closest("dialog") !== null };
    });
    if (stop === null) continue;
    expect(stop).toEqual({ ring: true, inside: true });
    const name = await focused(page);
    if (name === stops[0]) break;
    stops.push(name);
  }
  expect(stops.slice(0, 6)).toEqual(["Ask autoconfig.unknown.example, autoconfig.thunderbird.net f", "Password", "Server, login and addresses", "IMAP server", "Port", "TLS"]);
  expect(stops).toEqual(expect.arrayContaining(["Login name", "Also receives mail for · optional", "Choose a file…", "Cancel", "Save without a test", "Test Enter", "Close", "Mail address"].map((name) => expect.stringContaining(name.split(" · ")[0] ?? "") as string)));
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  expect(await focused(page)).toBe("Add mailbox…");
});

test("a locked vault stops watching; Unlock in place starts it again", async () => {
  const { page } = await open_page({ screen: "settings", scenario: "locked" });
  const item = page.locator("#set-mailboxes li");
  await item.getByRole("button", { name: "Unlock… ops@newname.example" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("four words in a row");
  await page.keyboard.press("Enter");
  await item.getByText("Watching").waitFor();
});
