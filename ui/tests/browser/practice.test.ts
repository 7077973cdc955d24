// From first start to a finished practice change: three clicks, no typing, for each service.
import { expect, test } from "vitest";
import { axe, open_page, shoot, use_browser } from "./page";

use_browser();

test.each([
  ["Z-API", /Verify with this code/, "Verified"],
  ["Webshare", /Verify with this link/, "Changed"],
  ["Mannco.store", /Verify with this code/, "Changed"],
])("%s in three clicks", async (service, verify, end) => {
  const { page } = await open_page({ scenario: "first-start" });
  let clicks = 0;
  const click = async (name: string | RegExp): Promise<void> => {
    await page.getByRole("button", { name }).click();
    clicks += 1;
  };
  await click(`Practice with ${service}`);
  await expect.poll(() => page.getByLabel("New email").inputValue()).toBe("after@practice.example");
  await click(/^Request change/);
  await page.getByText("Practice. Nothing leaves this computer.").waitFor();
  await click(verify);
  await page.getByText("Changed and proved.").waitFor();
  expect(clicks).toBe(3);
  await page.locator(".panel header .tag", { hasText: new RegExp(`${end}|Changed`) }).waitFor();
  await shoot(page, `practice-done-${service}`);
  expect(await axe(page)).toEqual([]);
});

test("leaving practice shows the welcome again, and practice profiles never stand among real ones", async () => {
  const { page } = await open_page({ scenario: "first-start" });
  await page.getByRole("button", { name: "Practice with Z-API" }).click();
  await page.getByText("Practice line").first().waitFor();
  await page.getByRole("button", { name: "Leave practice" }).click();
  await page.getByRole("heading", { name: "Welcome" }).waitFor();
  expect(await page.getByText("Practice line").count()).toBe(0);
});

test("practice time can be passed, so that a limit is over without waiting", async () => {
  const { page } = await open_page({ scenario: "first-start" });
  await page.getByRole("button", { name: "Practice with Mannco.store" }).click();
  await page.getByRole("button", { name: /^Request change/ }).click();
  await page.getByRole("button", { name: /Verify with this code/ }).waitFor();
  await page.getByRole("button", { name: "Pass 5 minutes" }).click();
  await page.getByText("5 minutes passed in practice").waitFor();
});
