// The shell hears that the page can be used: with the first screen painted, whichever that is.
import { expect, test } from "vitest";
import { open_page, use_browser } from "./page";

use_browser();

test.each([
  ["mock", "Support line"],
  ["first-start", "Try it without an account"],
  ["fatal", "The database cannot be read"],
  ["newer", "This folder belongs to a newer Readdress"],
])("with %s, once something is there to see", async (scenario, seen) => {
  const { page } = await open_page({ scenario, more: { delay: "150" } });
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
  expect(await page.locator("body").textContent()).toContain(seen);
});
