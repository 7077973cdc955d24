// @vitest-environment jsdom
// What the web views of Windows and macOS would do with a key by themselves.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { app } from "../../src/app/app.svelte";
import { listen_to_keys } from "../../src/app/keys";
import type { AppState } from "../../src/backend/backend";

let stop = (): void => undefined;

function on(platform: AppState["platform"]): void {
  app.state = { platform } as AppState;
}

/** Whether the page keeps the web view from its own answer to that key. */
function kept(init: KeyboardEventInit, where: HTMLElement = document.body): boolean {
  return !where.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }));
}

beforeAll(() => (stop = listen_to_keys()));
afterAll(() => {
  stop();
  app.state = null;
});

describe("a browser's keys", () => {
  const reload = [{ key: "F5" }, { key: "F5", shiftKey: true }, { key: "r", ctrlKey: true }, { key: "R", ctrlKey: true, shiftKey: true }];

  test("do not load the page again on Windows, in a field and in a dialog neither", () => {
    on("windows");
    const field = document.body.appendChild(document.createElement("input"));
    const dialog = document.body.appendChild(document.createElement("dialog"));
    for (const open of [false, true]) {
      dialog.open = open;
      for (const key of reload) expect([key, kept(key, field)]).toEqual([key, true]);
    }
    for (const key of "jopsu") expect([key, kept({ key, ctrlKey: true })]).toEqual([key, true]);
    field.remove();
    dialog.remove();
  });

  test("leave copying and typing alone", () => {
    on("windows");
    for (const key of ["a", "c", "v", "x", "z"]) expect([key, kept({ key, ctrlKey: true })]).toEqual([key, false]);
    expect(kept({ key: "r" })).toBe(false);
    // AltGr is Ctrl and Alt there: it types letters.
    expect(kept({ key: "s", ctrlKey: true, altKey: true })).toBe(false);
  });

  test("are no matter elsewhere", () => {
    for (const platform of ["linux", "macos"] as const) {
      on(platform);
      expect(kept({ key: "r", ctrlKey: true })).toBe(false);
    }
  });
});

test("pasting is offered where no field has the focus, and left to the field where one has", () => {
  on("macos");
  const field = document.body.appendChild(document.createElement("input"));
  const offered = (where: HTMLElement): boolean => !where.dispatchEvent(new Event("beforepaste", { bubbles: true, cancelable: true }));
  expect(offered(document.body)).toBe(true);
  expect(offered(field)).toBe(false);
  field.remove();
});
