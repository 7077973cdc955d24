// The panel's two boxes: what they say about what stands in them, and what they do without typing.
import { expect, test } from "vitest";
import { open_page, use_browser } from "./page";

use_browser();

test("a code that was kept is sent without being typed again", async () => {
  const { page } = await open_page({ scenario: "states" });
  await page.getByLabel("Filter profiles").fill("25 Kept");
  await page.locator("[role=row][aria-selected]", { hasText: "25 Kept" }).click();
  await page.getByText("A code given before is kept: press Verify to send it.").waitFor();
  expect(await page.getByLabel(/Code, link/).inputValue()).toBe("");
  await page.getByRole("button", { name: "Verify", exact: true }).click();
  await page.locator(".panel header .tag", { hasText: "Verified" }).waitFor();
});

test("a name around an address is seen, and taken off with one click", async () => {
  const { page } = await open_page({ scenario: "states" });
  await page.getByLabel("Filter profiles").fill("01 Nothing");
  await page.locator("[role=row][aria-selected]", { hasText: "01 Nothing" }).click();
  await page.getByLabel("New email").fill("Ana <ana@newname.example>");
  await page.getByText("A name stands around the address.").waitFor();
  await page.getByRole("button", { name: "Use it" }).click();
  expect(await page.getByLabel("New email").inputValue()).toBe("ana@newname.example");
  await expect.poll(() => page.getByText("A name stands around the address.").count()).toBe(0);
});
