// A service of the user's own, which says of itself what it likes: its true host is in sight before the first key, and only text comes of the rest.
import { describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { axe, open_page, shoot, sideways, use_browser } from "./page";

use_browser();

const HOST = "api.z-api.io.xn--pple-43d.example:8443";

async function open_form(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Add profile" }).first().click();
  await page.getByRole("dialog").waitFor();
  await page.getByRole("combobox", { name: "Service" }).selectOption("own-forge");
}

describe.each(["light", "dark"] as const)("%s", (theme) => {
  test("its host is looked at before anything can be saved or tried", async () => {
    const { page } = await open_page({ scenario: "hostile", size: "small", theme });
    await open_form(page);
    const dialog = page.getByRole("dialog");
    await dialog.getByText(HOST, { exact: true }).waitFor();
    for (const name of [/^Test/, /^Save$/, /^Save and set/]) expect(await dialog.getByRole("button", { name }).isDisabled()).toBe(true);
    expect(await page.locator("option", { hasText: "own file" }).count()).toBe(1);
    expect(await page.locator("dialog img").count()).toBe(0);
    expect(await sideways(page)).toEqual([]);
    expect(await axe(page)).toEqual([]);
    await shoot(page, `own-service-${theme}`);

    await dialog.getByRole("button", { name: `Yes, use ${HOST}` }).click();
    await expect.poll(() => dialog.getByRole("button", { name: /^Save$/ }).isDisabled()).toBe(false);
    expect(await dialog.getByRole("button", { name: `Yes, use ${HOST}` }).count()).toBe(0);
  });
});

test("an address typed in its stead is the user's own choice", async () => {
  const { page } = await open_page({ scenario: "hostile", size: "small" });
  await open_form(page);
  const dialog = page.getByRole("dialog");
  await dialog.locator("summary").click();
  await dialog.getByRole("textbox", { name: "Another address for this service" }).fill("http://127.0.0.1:9");
  expect(await dialog.getByRole("button", { name: /^Save$/ }).isDisabled()).toBe(false);
});

test("a link says where it leads, whatever its words say", async () => {
  const { page } = await open_page({ scenario: "hostile", size: "small" });
  await open_form(page);
  const link = page.getByRole("dialog").locator("button.link", { hasText: "xn--z-pi-43d.example:8443" });
  await link.scrollIntoViewIfNeeded();
  const text = (await link.textContent()) ?? "";
  expect(text.trim().endsWith("(xn--z-pi-43d.example:8443)")).toBe(true);
  const [shown, edge] = await link.locator("bdi").last().evaluate((host) => [host.getBoundingClientRect().right, innerWidth]);
  expect(shown).toBeLessThanOrEqual(edge ?? 0);
  await link.click();
});

test.each(["light", "dark"] as const)("hostile profiles in the smallest window, %s", async (theme) => {
  const { page } = await open_page({ scenario: "hostile", size: "small", theme });
  const rows = page.locator("[role=row][aria-selected]");
  await rows.first().waitFor();
  const heights = await rows.evaluateAll((all) => all.map((row) => Math.round(row.getBoundingClientRect().height)));
  expect(new Set(heights).size, "no text makes a row taller").toBe(1);
  await rows.nth(1).click();
  await page.locator(".panel blockquote").waitFor();
  expect(await sideways(page)).toEqual([]);
  await shoot(page, `hostile-small-${theme}`);
});

test("a new key for a host that nobody has looked at waits until somebody has", async () => {
  const { page } = await open_page({ scenario: "hostile", size: "small" });
  await page.locator("[role=row][aria-selected]").first().click();
  await page.getByRole("button", { name: /^More for/ }).click();
  await page.getByRole("menuitem", { name: "Replace keys…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Replace", exact: true }).first().click();
  await dialog.locator("input[type=password]").first().fill("unseen-key-0123456789");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText(/That host has not been accepted yet/).waitFor();
  expect(await axe(page)).toEqual([]);
  expect(await sideways(page)).toEqual([]);
  await dialog.getByRole("button", { name: `Yes, use ${HOST}` }).click();
  // Accepted, and saved with it.
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
});
