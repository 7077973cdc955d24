// Builds the page as it is shipped, in a mode: `test` has the fake in it, `production` has not.
// Not here: serving (browser/serve.ts).
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Into a folder below `ui/`. The test runner's NODE_ENV would give a build with Svelte's development checks. */
export async function build_page(mode: "test" | "production", outDir: string): Promise<void> {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = "production";
  try {
    await build({ root, mode, logLevel: "error", build: { outDir, emptyOutDir: true } });
  } finally {
    process.env.NODE_ENV = before;
  }
}
