// Opens the page in Chromium as a person would see it: scenario, theme, size, language, a fixed time. Not here: what is expected of it.
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import AxeSource from "axe-core";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";

/** Friday 20 November 2026, 14:04 in São Paulo: the day of the design pages. */
export const NOW = "2026-11-20T17:04:00Z";

export const sizes = { wide: { width: 1240, height: 760 }, small: { width: 900, height: 600 } } as const;

export interface Look {
  scenario?: string;
  screen?: "profiles" | "pending" | "history" | "settings";
  theme?: "light" | "dark";
  size?: keyof typeof sizes;
  language?: "en" | "pt-BR" | "es";
  /** More of the fake's query: `stretch`, `delay`, … */
  more?: Record<string, string>;
}

export interface Opened {
  page: Page;
  /** What the page or its policy complained of; has to stay empty. */
  complaints: string[];
}

const shots = fileURLToPath(new URL("../shots/", import.meta.url));
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--force-color-profile=srgb"];
let browser: Browser | undefined;
let opened: Opened[] = [];

/** Starts one browser for the file; closes what a test opened, and fails the test if the page complained. */
export function use_browser(): void {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: flags });
    await mkdir(shots, { recursive: true });
  });
  afterEach(async () => {
    const mine = opened;
    opened = [];
    await Promise.all(mine.map(({ page }) => page.context().close()));
    expect(mine.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
  });
}

export async function open_page(look: Look = {}): Promise<Opened> {
  if (!browser) throw new Error("use_browser comes first");
  const context = await browser.newContext({ viewport: sizes[look.size ?? "wide"], colorScheme: look.theme ?? "light", locale: "en-US", timezoneId: "America/Sao_Paulo", reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  // Asked for by the browser, not by the page.
  await page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
  await page.clock.setFixedTime(NOW);
  const one: Opened = { page, complaints: [] };
  opened.push(one);
  page.on("pageerror", (error) => one.complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) one.complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(inject("page_url")) && !request.url().startsWith("data:")) one.complaints.push(`request to ${request.url()}`);
  });
  const query = new URLSearchParams({ scenario: look.scenario ?? "mock", theme: look.theme ?? "light", language: look.language ?? "en", ...look.more });
  await page.goto(`${inject("page_url")}?${query.toString()}#${look.screen ?? "profiles"}`);
  await page.locator("h1").first().waitFor();
  return one;
}

export async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${shots}${name}.png` });
}

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

/** Everything axe finds, serious or not, as short lines. */
export async function axe(page: Page): Promise<string[]> {
  // Evaluated by the protocol, which the page's policy does not forbid.
  await page.evaluate(AxeSource.source);
  const violations = await page.evaluate(async () => {
    // A colour on its way from one state to the next is neither of them.
    const moving = document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime));
    await Promise.all(moving.map((one) => one.finished.catch(() => null)));
    const run = (window as unknown as { axe: { run: (root: Document, options: object) => Promise<{ violations: Violation[] }> } }).axe.run;
    return (await run(document, { resultTypes: ["violations"] })).violations;
  });
  return violations.flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 160)} | ${(node.failureSummary ?? violation.help).replace(/\s+/g, " ").slice(0, 220)}`));
}

/** Elements that reach over the window's side, and scrollers that scroll sideways. */
export async function sideways(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const out: string[] = [];
    const name = (element: Element): string => `${element.tagName.toLowerCase()}.${[...element.classList].join(".")}`;
    if (document.documentElement.scrollWidth > innerWidth) out.push(`the window scrolls: ${document.documentElement.scrollWidth}`);
    for (const element of document.querySelectorAll("body *")) {
      const style = getComputedStyle(element);
      if (["auto", "scroll"].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && element.tagName !== "PRE" && element.tagName !== "TEXTAREA") out.push(`${name(element)} scrolls: ${element.scrollWidth} in ${element.clientWidth}`);
    }
    return out;
  });
}

/** Buttons whose words do not fit: cut by their own box, or by a box around them. */
export async function cut_buttons(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const out: string[] = [];
    for (const button of document.querySelectorAll<HTMLElement>("button.primary, footer .btn, header .btn")) {
      const box = button.getBoundingClientRect();
      if (box.width === 0) continue;
      if (button.scrollWidth > button.clientWidth + 1) out.push(`${button.textContent?.trim()}: ${button.scrollWidth} in ${button.clientWidth}`);
      if (box.right > innerWidth + 1 || box.left < -1 || box.bottom > innerHeight + 1) out.push(`${button.textContent?.trim()}: outside at ${Math.round(box.left)}…${Math.round(box.right)} × ${Math.round(box.bottom)}`);
      const panel = button.closest("footer, header")?.getBoundingClientRect();
      if (panel && box.right > panel.right + 1) out.push(`${button.textContent?.trim()}: over the edge of its row`);
    }
    return out;
  });
}

/** Pastes as the system does: the page sees the event first, and what it does not take is typed. */
export async function paste(page: Page, text: string): Promise<void> {
  const taken = await page.evaluate((data) => {
    const transfer = new DataTransfer();
    transfer.setData("text/plain", data);
    const target = document.activeElement ?? document.body;
    return !target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
  }, text);
  if (!taken) await page.keyboard.insertText(text);
}

/** The row of a profile in the list. */
export function row(page: Page, label: string): ReturnType<Page["locator"]> {
  return page.locator("[role=row]", { hasText: label }).first();
}

/** Clicks a row, also one that has to be scrolled to: the list takes no clicks while it scrolls, and the scroll comes a frame late. */
export async function choose(page: Page, label: string): Promise<void> {
  await row(page, label).scrollIntoViewIfNeeded();
  await page.evaluate(() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go))));
  await page.waitForFunction(() => [...document.querySelectorAll<HTMLElement>(".list [style]")].every((one) => one.style.pointerEvents !== "none"));
  await row(page, label).click();
}

/** A short description of what has the focus. */
export async function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null;
    return element ? (element.getAttribute("aria-label") ?? (element as HTMLInputElement).labels?.[0]?.textContent ?? element.textContent ?? element.tagName).trim().replace(/\s+/g, " ").slice(0, 60) : "";
  });
}
