// Each view at the usual and the smallest size: axe finds nothing, nothing scrolls sideways, a screenshot is kept.
// Not here: the views (views.ts). One file for each theme calls this, so that two workers share the work.
import { expect, test } from "vitest";
import { axe, cut_buttons, open_page, shoot, sideways, sizes, use_browser } from "./page";
import { views, type View } from "./views";

export function look_at_all(theme: "light" | "dark", all: View[] = views): void {
  use_browser();
  test.each(all)("$name", async ({ name, look, ready, then, axe_once }) => {
    const { page } = await open_page({ ...look, theme });
    await page.locator(ready).first().waitFor();
    await then?.(page);
    for (const size of ["wide", "small"] as const) {
      await page.setViewportSize(sizes[size]);
      await shoot(page, `${name}-${theme}-${size}`);
      if (!axe_once || size === "wide") expect(await axe(page), `axe, ${size}`).toEqual([]);
      expect(await sideways(page), `sideways, ${size}`).toEqual([]);
      expect(await cut_buttons(page), `cut, ${size}`).toEqual([]);
    }
  });
}
