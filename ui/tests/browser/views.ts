// Every screen in the states that look different. Not here: what is asked of them (looks.ts).
import type { Page } from "playwright-core";
import type { Look } from "./page";

export interface View {
  name: string;
  look: Look;
  /** Something that is there when the screen is ready. */
  ready: string;
  then?: (page: Page) => Promise<void>;
  /** axe looks at the usual size only: the same parts in the same panel as another view. */
  axe_once?: boolean;
}

export const views: View[] = [
  { name: "welcome", look: { scenario: "first-start" }, ready: "main .card" },
  { name: "profiles", look: {}, ready: "[role=row][aria-selected]", then: async (page) => page.getByText("Support line").first().click() },
  { name: "profiles-empty", look: { scenario: "empty" }, ready: "main" },
  { name: "pending", look: { screen: "pending" }, ready: ".job" },
  {
    name: "pending-pasted",
    look: { screen: "pending" },
    ready: ".job",
    then: async (page) => {
      await page.locator("textarea").fill("To: infra@newname.example\nConfirm your new email: https://dashboard.webshare.io/changeemail/Kx7mT4hVw9Q2/confirm/?utm=mail");
      await page.getByRole("button", { name: /^Verify Proxy pool EU/ }).waitFor();
    },
  },
  { name: "pending-panel", look: { screen: "pending" }, ready: ".job", then: async (page) => page.getByRole("button", { name: "Trade desk 1", exact: true }).click() },
  { name: "pending-empty", look: { screen: "pending", scenario: "empty" }, ready: ".empty" },
  { name: "history", look: { screen: "history" }, ready: "tr[data-id]" },
  {
    name: "history-panel",
    look: { screen: "history" },
    ready: "tr[data-id]",
    then: async (page) => {
      await page.locator("tr[data-id]", { hasText: "Trade desk 2" }).click();
      await page.getByRole("button", { name: /^Requested/ }).click();
    },
  },
  { name: "history-empty", look: { screen: "history", scenario: "empty" }, ready: ".empty" },
  { name: "settings", look: { screen: "settings" }, ready: "#set-about" },
  // axe sees the contrast of what is in sight only, so the end is looked at as well.
  { name: "settings-end", look: { screen: "settings" }, ready: "#set-about", then: async (page) => page.getByRole("button", { name: "About" }).click() },
  { name: "settings-network", look: { screen: "settings" }, ready: "#set-about", then: async (page) => page.getByRole("button", { name: "Network" }).click() },
  { name: "settings-locked", look: { screen: "settings", scenario: "locked" }, ready: "#set-about" },
  {
    name: "settings-facts",
    look: { screen: "settings" },
    ready: "#set-about",
    then: async (page) => {
      await page.getByRole("button", { name: "View Mannco.store" }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "settings-passphrase",
    look: { screen: "settings" },
    ready: "#set-about",
    then: async (page) => {
      await page.locator(".pick label", { hasText: /^\s*Passphrase/ }).click();
      await page.getByRole("button", { name: "Move to a passphrase…" }).click();
      await page.getByRole("button", { name: "Set passphrase" }).click();
    },
  },
  { name: "practice", look: { scenario: "practice" }, ready: ".practice" },
  { name: "fatal", look: { scenario: "fatal" }, ready: "h1" },
  { name: "newer", look: { scenario: "newer" }, ready: "h1" },
  ...["new", "replaces", "shipped", "same", "elsewhere", "mistakes", "missing", "hostile"].map((kind) => ({
    name: `service-file-${kind}`,
    look: { more: { errand: `file-${kind}` } },
    ready: "dialog[open] footer",
  })),
  { name: "notices", look: { scenario: "notices" }, ready: "h1" },
  ...["11 Waiting", "12 Waiting", "13 Ends", "14 Wrong", "15 Verifying", "16 Unknown", "17 Unknown", "18 Too", "19 Not sent", "20 Ran", "21 Expired", "25 Kept", "32 login", "34 two factor", "00 Never"].map((label) => ({
    name: `panel-${label.replace(" ", "-").toLowerCase()}`,
    look: { scenario: "states" },
    axe_once: true,
    ready: "[role=row][aria-selected]",
    then: async (page: Page) => {
      await page.getByLabel("Filter profiles").fill(label);
      await page.locator("[role=row][aria-selected]", { hasText: label }).first().click();
      await page.locator(".panel header .tag").waitFor();
    },
  })),
];
