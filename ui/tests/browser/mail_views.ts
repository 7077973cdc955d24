// Mailboxes, finds, dropped mails, the clipboard and closing, in the states that look different. Not here: what is asked of them (looks.ts).
import type { Page } from "playwright-core";
import type { View } from "./views";

/** What comes from outside of the page. */
export function play(page: Page, event: object): Promise<void> {
  return page.evaluate((detail) => void window.dispatchEvent(new CustomEvent("fake", { detail })), event);
}

/** Drags files over the window, and lets go of them where `drop` says so. */
export async function drag_files(page: Page, files: { name: string; type: string; text: string }[], drop = true): Promise<void> {
  await page.evaluate(
    ([files, drop]) => {
      const transfer = new DataTransfer();
      for (const file of files) transfer.items.add(new File([Uint8Array.from(file.text, (letter) => letter.charCodeAt(0))], file.name, { type: file.type }));
      const fire = (kind: string): boolean => document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
      fire("dragenter");
      if (fire("dragover")) throw new Error("the window would open the file");
      if (drop) fire("drop");
    },
    [files, drop] as const,
  );
}

export const eml = (to: string, body: string, more = ""): { name: string; type: string; text: string } => ({
  name: "change.eml", type: "message/rfc822", text: `From: noreply@mannco.store\r\nTo: ${to}\r\nSubject: Email change\r\nDate: Fri, 20 Nov 2026 17:03:00 +0000\r\n${more}\r\n${body}`,
});

async function add(page: Page, address: string, password = "app-password"): Promise<void> {
  await page.getByRole("button", { name: "Add mailbox…" }).first().click();
  await page.getByLabel("Mail address").fill(address);
  await page.locator(".server .said, .server .callout").first().waitFor();
  if (await page.getByLabel(/password$/i).count()) await page.getByLabel(/password$/i).fill(password);
}

async function by_hand(page: Page, host: string, password = "app-password"): Promise<void> {
  await add(page, "me@unknown.example", password);
  await page.getByLabel("IMAP server").fill(host);
  await page.getByRole("button", { name: /^Test/ }).last().click();
  await page.getByText("What the test found").waitFor();
}

const settings = (scenario: string): View["look"] => ({ screen: "settings", scenario });
const to_mailboxes = async (page: Page): Promise<void> => page.getByRole("navigation", { name: "Settings" }).getByRole("button", { name: "Mailboxes" }).click();
const select = async (page: Page, label: string): Promise<void> => {
  await page.getByLabel("Filter profiles").fill(label);
  await page.locator("[role=row][aria-selected]", { hasText: label }).first().click();
  await page.locator(".panel header .tag").waitFor();
};

export const mail_views: View[] = [
  { name: "mailboxes", look: settings("mail"), ready: "#set-mailboxes .items", then: to_mailboxes },
  { name: "mailboxes-trouble", look: settings("mail-trouble"), ready: "#set-mailboxes .items", then: to_mailboxes },
  { name: "mailboxes-empty", axe_once: true, look: settings("mock"), ready: "#set-mailboxes .empty", then: to_mailboxes },
  { name: "settings-waiting", axe_once: true, look: settings("mail"), ready: "#set-about", then: async (page) => page.getByRole("button", { name: "While it waits" }).click() },
  { name: "mailbox-add", axe_once: true, look: settings("mock"), ready: "#set-mailboxes .empty", then: async (page) => page.getByRole("button", { name: "Add mailbox…" }).first().click() },
  { name: "mailbox-known", look: settings("mock"), ready: "#set-mailboxes .empty", then: async (page) => add(page, "me@fastmail.com") },
  { name: "mailbox-oauth", axe_once: true, look: settings("mock"), ready: "#set-mailboxes .empty", then: async (page) => add(page, "me@outlook.com") },
  { name: "mailbox-bridge", axe_once: true, look: settings("mock"), ready: "#set-mailboxes .empty", then: async (page) => add(page, "me@proton.me") },
  { name: "mailbox-unknown", look: settings("mock"), ready: "#set-mailboxes .empty", then: async (page) => add(page, "me@unknown.example") },
  { name: "mailbox-works", axe_once: true, look: settings("mock"), ready: "#set-mailboxes .empty", then: async (page) => by_hand(page, "mail.unknown.example") },
  { name: "mailbox-no-idle", axe_once: true, look: settings("mock"), ready: "#set-mailboxes .empty", then: async (page) => by_hand(page, "noidle.unknown.example") },
  { name: "mailbox-self-signed", axe_once: true, look: settings("mock"), ready: "#set-mailboxes .empty", then: async (page) => by_hand(page, "selfsigned.unknown.example") },
  { name: "mailbox-login", look: settings("mock"), ready: "#set-mailboxes .empty", then: async (page) => by_hand(page, "mail.unknown.example", "wrong") },
  {
    name: "mailbox-edit",
    look: settings("mail"),
    ready: "#set-mailboxes .items",
    then: async (page) => page.getByRole("button", { name: "Edit… ops@newname.example" }).click(),
  },
  {
    name: "mailbox-remove",
    look: settings("mail"),
    ready: "#set-mailboxes .items",
    then: async (page) => {
      await page.getByRole("button", { name: "More for ops@newname.example" }).click();
      await page.getByRole("menuitem", { name: "Remove mailbox…" }).click();
      await page.getByRole("alertdialog").waitFor();
    },
  },
  { name: "pending-mail", look: { screen: "pending", scenario: "mail" }, ready: ".mail-find" },
  { name: "pending-trouble", look: { screen: "pending", scenario: "mail-trouble" }, ready: ".mail-find" },
  { name: "pending-1000", axe_once: true, look: { screen: "pending", scenario: "1000-pending" }, ready: ".job" },
  {
    name: "pending-file",
    look: { screen: "pending", scenario: "mail" },
    ready: ".job",
    then: async (page) => {
      await drag_files(page, [eml("trade8@newname.example", "Your code: 481903")]);
      await page.getByRole("button", { name: /^Verify Trade desk 8/ }).waitFor();
    },
  },
  { name: "drop", look: { screen: "pending", scenario: "mail" }, ready: ".job", then: async (page) => drag_files(page, [eml("a@b.example", "x")], false) },
  { name: "panel-watched", axe_once: true, look: { scenario: "mail" }, ready: "[role=row][aria-selected]", then: async (page) => select(page, "Support line") },
  { name: "panel-find", look: { scenario: "mail" }, ready: "[role=row][aria-selected]", then: async (page) => select(page, "Trade desk 1") },
  { name: "panel-retrying", look: { scenario: "mail-trouble" }, ready: "[role=row][aria-selected]", then: async (page) => select(page, "Trade desk 1") },
  { name: "panel-stopped", axe_once: true, look: { scenario: "mail-trouble" }, ready: "[role=row][aria-selected]", then: async (page) => select(page, "Proxy pool EU") },
  { name: "panel-no-mailbox", axe_once: true, look: { scenario: "mail" }, ready: "[role=row][aria-selected]", then: async (page) => select(page, "Proxy pool EU") },
  {
    name: "clipboard",
    look: { scenario: "mail", more: { clipboard: "To: trade8@newname.example\n\nCode: 481903" } },
    ready: "[role=row][aria-selected]",
    then: async (page) => {
      await page.evaluate(() => window.dispatchEvent(new Event("focus")));
      await page.getByRole("button", { name: "Use it", exact: true }).waitFor();
    },
  },
  {
    name: "closing",
    look: { scenario: "mail" },
    ready: "[role=row][aria-selected]",
    then: async (page) => {
      await play(page, { kind: "closing", waiting: 3 });
      await page.getByRole("dialog").waitFor();
    },
  },
];

/** Those whose colours no other view has: enough for the second theme. */
export const mail_colours = mail_views.filter(({ name }) => ["mailboxes-trouble", "mailbox-known", "mailbox-oauth", "mailbox-unknown", "mailbox-login", "mailbox-works", "pending-mail", "pending-trouble", "drop", "panel-retrying", "clipboard", "closing"].includes(name));
