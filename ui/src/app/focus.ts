// Where focus goes: between regions, and into the panel.
import { tick } from "svelte";

const reachable = 'a[href], button:not([disabled]):not([tabindex="-1"]), input:not([disabled]), textarea, select, [tabindex="0"]';

/** To the next (1) or the one before (-1) of navigation, list and panel. */
export function focus_region(by: number): void {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")];
  if (regions.length === 0) return;
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + by + regions.length) % regions.length];
  const first = next?.matches(reachable) ? next : next?.querySelector<HTMLElement>(reachable);
  first?.focus();
}

/** Into the panel's field, else onto its primary button. */
export async function focus_panel(): Promise<void> {
  await tick();
  const field = document.querySelector<HTMLElement>(".panel .body input:not([type=radio]):not([type=checkbox]):not([disabled]), .panel .body textarea");
  const button = document.querySelector<HTMLElement>(".panel footer .btn.primary:not([disabled])");
  (field ?? button ?? document.querySelector<HTMLElement>(".panel"))?.focus();
}
