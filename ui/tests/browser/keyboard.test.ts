// The whole main job without a pointer, and the keys that work anywhere.
import { expect, test } from "vitest";
import { choose, focused, open_page, paste, row, use_browser } from "./page";

use_browser();

test("type, Enter, paste, Enter: from a profile to its proof", async () => {
  const { page } = await open_page();
  await row(page, "Trade desk 4").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("desk 4");
  await expect.poll(() => page.locator("[role=row][aria-selected]").count()).toBe(1);
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => row(page, "Trade desk 4").getAttribute("aria-selected")).toBe("true");
  await page.keyboard.press("Control+e");
  await expect.poll(() => focused(page)).toBe("New email");
  await page.keyboard.type("trade4@newname.example");
  await page.keyboard.press("Enter");
  await page.getByLabel(/Code, link/).waitFor();
  await page.getByLabel(/Code, link/).focus();
  await paste(page, "To: trade4@newname.example\nSubject: Email change\n\nYour code is 481 903.");
  await expect.poll(() => page.getByLabel(/Code, link/).inputValue()).toBe("481903");
  // A paste alone sends nothing.
  expect(await page.locator(".panel .tag").first().textContent()).toContain("Code needed");
  await page.keyboard.press("Enter");
  await page.getByText("Changed and proved.").waitFor();
});

test("arrows move in the list, the panel follows, Escape lets go", async () => {
  const { page } = await open_page();
  await choose(page, "Billing line");
  await page.getByRole("complementary", { name: "Profile Billing line" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("complementary", { name: "Profile Delivery line" }).waitFor();
  await page.keyboard.press("End");
  await page.getByRole("complementary", { name: "Profile Trade desk 8" }).waitFor();
  await page.keyboard.press("Home");
  await page.getByRole("complementary", { name: "Profile Billing line" }).waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("complementary", { name: "Profile Billing line" }).count()).toBe(0);
});

test("Ctrl K finds and does; Escape closes it and the focus returns", async () => {
  const { page } = await open_page({ screen: "settings" });
  const language = page.getByLabel("Language");
  await language.focus();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  expect(await focused(page)).toBe("Language");
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("Support line");
  await page.keyboard.press("Enter");
  await page.getByRole("complementary", { name: "Profile Support line" }).waitFor();
});

test("Ctrl 1 to 4 and Ctrl comma open the screens", async () => {
  const { page } = await open_page();
  for (const [key, title] of [["2", "Pending"], ["3", "History"], ["4", "Settings"], ["1", "Profiles"], [",", "Settings"]] as const) {
    await page.keyboard.press(`Control+${key}`);
    await page.locator("main h1", { hasText: title }).waitFor();
  }
});

test("F5 asks the service and F6 goes from region to region", async () => {
  const { page } = await open_page();
  await choose(page, "Trade desk 4");
  await page.keyboard.press("F5");
  await row(page, "tradedesk4@oldname.example").waitFor();
  const where = (): Promise<number> => page.evaluate(() => [...document.querySelectorAll("[data-region]")].findIndex((region) => region.contains(document.activeElement)));
  const seen = new Set<number>();
  for (let i = 0; i < 3; i++) {
    await page.keyboard.press("F6");
    seen.add(await where());
  }
  expect([...seen].sort()).toEqual([0, 1, 2]);
});

test("/ goes to the filter of the history", async () => {
  const { page } = await open_page({ screen: "history" });
  await page.locator("tr[data-id]").first().waitFor();
  await page.keyboard.press("/");
  expect(await focused(page)).toContain("Filter the history");
});

test.each(["profiles", "pending", "history", "settings"] as const)("Tab goes through %s in reading order, always with a ring, without a trap", async (screen) => {
  const { page } = await open_page({ screen });
  await page.locator("main h1").waitFor();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const stops: { top: number; left: number; region: string; ring: boolean; name: string }[] = [];
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      if (element === document.body) return null;
      const box = element.getBoundingClientRect();
      const styles = [element, element.closest("label"), element.parentElement].flatMap((one) => (one ? [getComputedStyle(one), getComputedStyle(one, "::after")] : []));
      const region = element.closest("nav, header, section, aside")?.tagName ?? "";
      return { top: box.top, left: box.left, region, ring: styles.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2), name: element.outerHTML.slice(0, 90) };
    });
    if (stop === null) break;
    stops.push(stop);
  }
  expect(stops.length).toBeGreaterThan(5);
  expect(stops.length).toBeLessThan(60);
  expect(stops.filter((stop) => !stop.ring).map((stop) => stop.name)).toEqual([]);
  // Navigation first, then the head, then the rest.
  const order = stops.map((stop) => stop.region);
  expect(order.lastIndexOf("NAV") === -1 || order.indexOf("NAV") === 0).toBe(true);
});
