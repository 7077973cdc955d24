// History: filters, pages, the events of one change, changing back.
import { expect, test } from "vitest";
import { focused, open_page, use_browser } from "./page";

use_browser();

test("text, service and end narrow the list; one click shows all again", async () => {
  const { page } = await open_page({ screen: "history" });
  const rows = page.locator("tr[data-id]");
  await expect.poll(() => rows.count()).toBe(12);
  await page.getByRole("button", { name: "Changed 4" }).click();
  await expect.poll(() => rows.count()).toBe(4);
  await page.getByRole("combobox", { name: "Service" }).selectOption("mannco-store");
  await expect.poll(() => rows.count()).toBe(1);
  await page.getByLabel("Filter the history").fill("nothing like it");
  await page.getByText("Nothing fits this filter").waitFor();
  await page.getByRole("button", { name: "Show all" }).click();
  await expect.poll(() => rows.count()).toBe(12);
});

test("one change tells its story, with the service's words as a quote", async () => {
  const { page } = await open_page({ screen: "history" });
  await page.locator("tr[data-id]", { hasText: "Trade desk 2" }).click();
  const panel = page.getByRole("complementary", { name: "Trade desk 2, what happened" });
  await panel.getByText("read back at 11:03:48").waitFor();
  expect(await panel.locator("blockquote").allTextContents()).toEqual(["“Email change request created successfully”", "“Email change validation success”"]);
  await panel.getByRole("button", { name: /^Requested/ }).click();
  await panel.getByText("code_sent").waitFor();
  await panel.getByRole("button", { name: "Copy record" }).click();
  await page.getByText("Record copied. It holds no keys or codes.").waitFor();
});

test("changing back opens a new change with the address before", async () => {
  const { page } = await open_page({ screen: "history" });
  await page.locator("tr[data-id]", { hasText: "Trade desk 2" }).click();
  await page.getByRole("button", { name: "Change back…" }).click();
  await expect.poll(() => page.getByLabel("New email").inputValue()).toBe("trade2@oldname.example");
  await page.getByRole("button", { name: /^Request change/ }).click();
  await page.locator(".panel .tag", { hasText: "Code needed" }).waitFor();
});

test("rows answer to the keyboard, Escape closes and the focus stays", async () => {
  const { page } = await open_page({ screen: "history" });
  await page.locator("tr[data-id]").first().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("complementary", { name: /Trade desk 6/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("complementary", { name: /Support line/ }).waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("complementary").count()).toBe(0);
  expect(await focused(page)).toContain("Support line");
});

test("export says where it was written", async () => {
  const { page } = await open_page({ screen: "history" });
  await page.getByRole("button", { name: "Export CSV…" }).click();
  await page.getByText("Written to readdress-history-2026-11-20.csv.").waitFor();
});

test("a long history comes page by page", async () => {
  const { page } = await open_page({ screen: "history", scenario: "10000" });
  await expect.poll(() => page.locator("tr[data-id]").count()).toBe(100);
  await page.locator("tr[data-id]").last().scrollIntoViewIfNeeded();
  await expect.poll(() => page.locator("tr[data-id]").count()).toBeGreaterThan(199);
  expect(await page.locator(".status").textContent()).toContain("2,100 changes");
});
