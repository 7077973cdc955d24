// How the page is built. Not here: what the shell allows it (tauri.conf.json holds the content security policy).
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

/** What *Text size: Large* zooms by; the same number stands in app.css. */
const large = 1.2;

interface CssNode {
  selector?: string;
  params?: string;
  nodes?: CssNode[];
  clone(): CssNode;
  after(node: CssNode): void;
}

/**
 * A page that is zoomed by CSS has less room than its window says, and media queries ask the window.
 * So each `max-width` query gets a twin for large text, with a width that grows by the zoom.
 */
const narrow_when_large = {
  postcssPlugin: "narrow-when-large",
  OnceExit(root: CssNode & { walkAtRules(name: string, each: (rule: CssNode) => void): void }): void {
    root.walkAtRules("media", (rule) => {
      const width = /^\(max-width: (\d+)px\)$/.exec(rule.params ?? "")?.[1];
      if (!width) return;
      const twin = rule.clone();
      twin.params = `(max-width: ${Math.round(Number(width) * large)}.5px)`;
      for (const inner of twin.nodes ?? []) {
        if (inner.selector) inner.selector = inner.selector.split(",").map((one) => `:root[data-size="large"] ${one.trim()}`).join(", ");
      }
      rule.after(twin);
    });
  },
};

/** The text tables serve the command line and the system's notifications too; the page is shipped without what only these say. */
const without_other_mouths = {
  name: "without-other-mouths",
  apply: "build" as const,
  enforce: "pre" as const,
  transform(code: string, id: string): string | undefined {
    if (!/\/text\/[\w-]+\.json$/.test(id)) return undefined;
    const table = JSON.parse(code) as Record<string, unknown>;
    delete table.cli;
    delete table.notices;
    delete table.menu;
    return JSON.stringify(table);
  },
};

export default defineConfig({
  base: "./",
  plugins: [without_other_mouths, svelte()],
  css: { postcss: { plugins: [narrow_when_large as never] } },
  clearScreen: false,
  // The three text files live beside `ui/`, since the shell and the CLI read them too.
  server: { port: 5173, strictPort: true, host: "127.0.0.1", fs: { allow: [".."] } },
  build: {
    target: "es2022",
    // A data: style or font would need a wider policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
  // Two workers: each browser test has a Chromium of its own.
  test: { include: ["tests/**/*.test.ts"], globalSetup: ["tests/browser/serve.ts"], maxWorkers: 2, testTimeout: 60_000, hookTimeout: 60_000 },
});
