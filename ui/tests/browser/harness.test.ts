// The checks of page.ts find what they are there to find.
import { expect, test } from "vitest";
import { axe, cut_buttons, open_page, sideways, use_browser } from "./page";

use_browser();

test("axe sees a button without a name, and grey on grey", async () => {
  const { page } = await open_page({ screen: "settings" });
  await page.evaluate(() => {
    const button = document.createElement("button");
    document.querySelector("main")?.append(button);
    const dim = document.createElement("p");
    dim.textContent = "dim words";
    dim.className = "dim-test";
    document.querySelector("#set-look")?.append(dim);
    dim.style.setProperty("color", "var(--line)");
  });
  const found = (await axe(page)).join("\n");
  expect(found).toContain("button-name");
  expect(found).toContain("color-contrast");
});

test("a wide box and a cut button are seen", async () => {
  const { page } = await open_page({ screen: "settings" });
  await page.evaluate(() => {
    const box = document.createElement("div");
    box.style.width = "3000px";
    box.textContent = "wide";
    document.querySelector(".all")?.append(box);
    const button = document.querySelector<HTMLElement>("#set-keys .btn");
    button?.classList.add("primary");
    if (button) Object.assign(button.style, { width: "40px", overflow: "hidden" });
  });
  expect(await sideways(page)).not.toEqual([]);
  expect(await cut_buttons(page)).not.toEqual([]);
});
