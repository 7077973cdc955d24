// How the page is built. Not here: what the shell allows it (tauri.conf.json holds the content security policy).
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "./",
  plugins: [svelte()],
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
