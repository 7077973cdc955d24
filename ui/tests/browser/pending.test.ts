// Pending: the paste box finds its change and sends only when told; what each row offers.
import { expect, test } from "vitest";
import { focused, open_page, paste, use_browser } from "./page";
import type { Page } from "playwright-core";

use_browser();

const box = (page: Page): ReturnType<Page["getByLabel"]> => page.getByLabel(/^Paste a code, a link/);
const job = (page: Page, label: string): ReturnType<Page["locator"]> => page.locator(".job", { hasText: label });

test("a link goes to its change, and only the button sends it", async () => {
  const { page } = await open_page({ screen: "pending" });
  await box(page).focus();
  await paste(page, "https://dashboard.webshare.io/changeemail/Kx7mT4hVw9Q2/confirm/");
  await page.getByText("A Webshare link for Proxy pool EU.").waitFor();
  expect(await job(page, "Proxy pool EU").getAttribute("aria-current")).toBe("true");
  await page.waitForTimeout(150);
  expect(await job(page, "Proxy pool EU").locator(".tag").textContent()).toBe("Link needed");
  await page.getByRole("button", { name: /^Verify Proxy pool EU/ }).click();
  await page.getByText("Changed and proved.").waitFor();
  await expect.poll(() => job(page, "Proxy pool EU").count()).toBe(0);
  await page.getByText("Proxy pool EU: the code was accepted.").waitFor();
});

test("Enter sends what was understood", async () => {
  const { page } = await open_page({ screen: "pending" });
  await box(page).focus();
  await paste(page, "To: trade8@newname.example\nSubject: x\n\nCode: 481903");
  await page.getByRole("button", { name: /^Verify Trade desk 8/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("Changed and proved.").waitFor();
});

test("a bare code asks which change it is for", async () => {
  const { page } = await open_page({ screen: "pending" });
  await box(page).fill("481903");
  await page.getByText("Which change is it for?").first().waitFor();
  expect(await page.getByRole("button", { name: /^Verify / }).count()).toBe(0);
  await page.getByRole("combobox", { name: "Which change is it for?" }).selectOption({ label: "Support line" });
  await page.getByRole("button", { name: /^Verify Support line/ }).click();
  await page.getByText("Changed and proved.").waitFor();
});

test("two codes in one mail have to be chosen from", async () => {
  const { page } = await open_page({ screen: "pending" });
  await box(page).fill("To: trade1@newname.example\n\nOrder 111222, code 481903");
  await page.getByText("Which one is the code?").waitFor();
  await page.getByRole("button", { name: "481903" }).click();
  await page.getByRole("button", { name: /^Verify Trade desk 1/ }).click();
  await page.getByText("Changed and proved.").waitFor();
});

test.each([
  ["https://dashboard.webshare.io/activation/abcdef/confirm/", /activates an account/],
  ["https://evil.example/changeemail/abc/confirm/", /leads to evil\.example/],
  ["Good morning, everyone", /There is no code or link/],
])("%s is refused with a reason", async (text, reason) => {
  const { page } = await open_page({ screen: "pending" });
  await box(page).fill(text);
  await page.getByText(reason).waitFor();
  expect(await page.getByRole("button", { name: /^Verify / }).count()).toBe(0);
  await page.keyboard.press("Escape");
  expect(await box(page).inputValue()).toBe("");
});

test("a wrong code costs a try and says so in the panel", async () => {
  const { page } = await open_page({ screen: "pending" });
  await box(page).fill("To: trade8@newname.example\n\nCode: 111111");
  await page.getByRole("button", { name: /^Verify Trade desk 8/ }).click();
  await page.getByText("Not accepted, and not sent again. Nothing has changed.").waitFor();
  await page.getByText("“Invalid or expired code”").waitFor();
  await box(page).fill("To: trade8@newname.example\n\nCode: 111111");
  await page.getByText(/has refused this value before/).first().waitFor();
});

test("request again, check now, and settling open where they belong", async () => {
  const { page } = await open_page({ screen: "pending" });
  await job(page, "Support line").getByRole("button", { name: "Request again" }).click();
  await page.getByText("Support line: requested again.").waitFor();
  await job(page, "Trade desk 3").getByRole("button", { name: "Settle…" }).click();
  await page.getByRole("radiogroup", { name: "What happened?" }).waitFor();
  await page.getByRole("button", { name: "Check all now" }).click();
  await page.getByText("6 changes checked.").waitFor();
});

test("the countdown goes on, and the list keeps its order", async () => {
  const { page } = await open_page({ screen: "pending" });
  await job(page, "Trade desk 8").waitFor();
  const names = await page.locator(".job .name").allTextContents();
  const clock = job(page, "Trade desk 8").getByRole("timer");
  expect(await clock.textContent()).toBe("38:12");
  await page.clock.setFixedTime("2026-11-20T17:34:07Z");
  await expect.poll(() => clock.textContent()).toBe("8:05");
  expect(await page.locator(".job .name").allTextContents()).toEqual(expect.arrayContaining(names));
  await page.clock.setFixedTime("2026-11-20T17:43:00Z");
  await page.keyboard.press("Control+1");
  await page.keyboard.press("Control+2");
  await job(page, "Trade desk 8").getByText("Ran out").waitFor();
});

test("arrows move from change to change and the panel follows", async () => {
  const { page } = await open_page({ screen: "pending" });
  await page.getByRole("button", { name: "Trade desk 8", exact: true }).click();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("complementary", { name: "Profile Trade desk 1" }).waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("complementary").count()).toBe(0);
  expect(await focused(page)).toBe("Trade desk 1");
});
