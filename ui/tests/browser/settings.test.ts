// Settings: each one does what it says, at once, and nothing secret is shown.
import { expect, test } from "vitest";
import { open_page, use_browser } from "./page";

use_browser();

test("the language changes at once, everywhere", async () => {
  const { page } = await open_page({ screen: "settings" });
  await page.getByLabel("Language").selectOption("pt-BR");
  await page.locator("main h1", { hasText: "Configurações" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("pt-BR");
  await page.getByLabel("Idioma").selectOption("es");
  await page.locator("main h1", { hasText: "Ajustes" }).waitFor();
  await page.getByRole("link", { name: "Historial" }).click();
  await page.locator("main h1", { hasText: "Historial" }).waitFor();
});

test("theme and text size", async () => {
  const { page } = await open_page({ screen: "settings" });
  const ink = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).color);
  const light = await ink();
  await page.getByText("Dark", { exact: true }).click();
  await expect.poll(ink).not.toBe(light);
  const height = async (): Promise<number> => (await page.locator("#set-look h2").boundingBox())?.height ?? 0;
  const before = await height();
  await page.getByText("Large", { exact: true }).click();
  await expect.poll(height).toBeGreaterThan(before * 1.1);
});

test("a passphrase can replace the keychain, be changed, locked and opened", async () => {
  const { page } = await open_page({ screen: "settings" });
  await page.locator(".pick label", { hasText: /^\s*Passphrase/ }).click();
  await page.getByRole("button", { name: "Move to a passphrase…" }).click();
  await page.getByLabel("New passphrase", { exact: true }).fill("four words in here");
  await page.getByLabel("New passphrase again").fill("four words in her");
  await page.getByRole("button", { name: "Set passphrase" }).click();
  await page.getByText("The two are not the same.").waitFor();
  await page.getByLabel("New passphrase again").fill("four words in here");
  await page.keyboard.press("Enter");
  await page.getByText("The key is protected by your passphrase.").waitFor();
  await page.getByRole("button", { name: "Lock now" }).click();
  await page.getByText("Encrypted and locked.").waitFor();
  await page.getByRole("button", { name: "Unlock…" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("four words in here");
  await page.keyboard.press("Enter");
  await page.getByText("Encrypted and open.").waitFor();
});

test("a new key asks the passphrase that keeps it", async () => {
  const { page } = await open_page({ screen: "settings" });
  await page.locator(".pick label", { hasText: /^\s*Passphrase/ }).click();
  await page.getByRole("button", { name: "Move to a passphrase…" }).click();
  await page.getByLabel("New passphrase", { exact: true }).fill("four words in here");
  await page.getByLabel("New passphrase again").fill("four words in here");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Make a new key…" }).click();
  await page.getByLabel("Current passphrase").fill("other words");
  await page.keyboard.press("Enter");
  await page.getByText(/This is not the passphrase of this folder/).waitFor();
  await page.getByLabel("Current passphrase").fill("four words in here");
  await page.keyboard.press("Enter");
  await page.getByText("New key made; everything is encrypted with it.").waitFor();
});

test("a passphrase that is too short stays in its field, with what to do", async () => {
  const { page } = await open_page({ screen: "settings" });
  await page.locator(".pick label", { hasText: /^\s*Passphrase/ }).click();
  await page.getByRole("button", { name: "Move to a passphrase…" }).click();
  await page.getByLabel("New passphrase", { exact: true }).fill("short");
  await page.getByLabel("New passphrase again").fill("short");
  await page.keyboard.press("Enter");
  await page.getByText(/This passphrase is too short\. Nothing was changed\./).waitFor();
  expect(await page.getByLabel("New passphrase", { exact: true }).inputValue()).toBe("short");
});

test("what cannot be undone asks first, with the focus on the safe answer", async () => {
  const { page } = await open_page({ screen: "settings" });
  await page.getByRole("button", { name: "New vault…" }).click();
  await page.getByRole("alertdialog", { name: "Make a new vault?" }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe("Cancel");
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("alertdialog").count()).toBe(0);
  expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe("New vault…");
});

test("a proxy is kept only when it can be used", async () => {
  const { page } = await open_page({ screen: "settings" });
  await page.getByLabel("Proxy", { exact: true }).selectOption("own");
  await page.getByLabel("Proxy address").fill("http://user:secret@proxy:1");
  await page.getByRole("button", { name: "Use this proxy" }).click();
  await page.getByText(/There is a name or a password in the address/).waitFor();
  await page.getByLabel("Proxy address").fill("socks5://127.0.0.1:9050");
  await page.getByRole("button", { name: "Use this proxy" }).click();
  await page.getByText("Proxy kept.").waitFor();
  await page.getByRole("button", { name: "Choose a file…" }).click();
  await page.getByText("/home/someone/company-ca.pem").waitFor();
});

test("diagnostics are shown before they are copied, without addresses", async () => {
  const { page } = await open_page({ screen: "settings" });
  await page.getByRole("button", { name: "Copy diagnostics…" }).click();
  const text = await page.getByRole("dialog").locator("pre").textContent();
  expect(text).toContain("Readdress 0.1.0");
  expect(text).not.toContain("@");
  await page.getByRole("dialog").getByRole("button", { name: "Copy", exact: true }).click();
  await page.getByText("Diagnostics copied.").waitFor();
});

test("practice opens and is removed only after a question", async () => {
  const { page } = await open_page({ screen: "settings" });
  await page.getByRole("button", { name: "Open practice" }).click();
  await page.getByText("Practice. Nothing leaves this computer.").waitFor();
  await page.keyboard.press("Control+,");
  await page.getByRole("button", { name: "Remove practice data…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("Practice data removed.").waitFor();
});

test("every entry of the contents leads somewhere", async () => {
  const { page } = await open_page({ screen: "settings", size: "small" });
  for (const name of ["Keys", "Services", "Network", "Data", "About", "Look"]) {
    await page.getByRole("navigation", { name: "Settings" }).getByRole("button", { name }).click();
    await expect.poll(() => page.getByRole("heading", { name, exact: true }).isVisible()).toBe(true);
    const box = await page.getByRole("heading", { name, exact: true }).boundingBox();
    expect(box !== null && box.y >= 0 && box.y < 600).toBe(true);
  }
});

test("whose calls a limit counts can be chosen, for services that have one", async () => {
  const { page } = await open_page({ screen: "settings" });
  await page.getByText("one request in 5 min per profile").waitFor();
  await page.getByRole("button", { name: "View Mannco.store" }).click();
  await page.getByRole("dialog").getByText("the whole service", { exact: true }).click();
  await page.getByRole("dialog").getByText("one request in 5 min for the whole service").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText(/one request in 5 min for the whole service/).waitFor();
  await page.getByRole("button", { name: "View Z-API" }).click();
  expect(await page.getByRole("dialog").getByText("Counted for").count()).toBe(0);
});
