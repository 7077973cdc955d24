// Once for all browser tests: builds the page in test mode and serves it with the window's own content security policy.
// Not here: the browser (page.ts).
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { preview, type PreviewServer } from "vite";
import type { TestProject } from "vitest/node";
import { build_page } from "../build";

/** The policy of tauri.conf.json. Inside the window the shell adds its own hashes; here the page must do without. */
export const POLICY = "default-src 'self'; connect-src ipc: http://ipc.localhost; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'";

declare module "vitest" {
  interface ProvidedContext {
    page_url: string;
  }
}

const root = fileURLToPath(new URL("../..", import.meta.url));
/** A folder of its own, so that two runs at once do not pull the page from under each other. */
const outDir = `node_modules/.test-page-${process.pid}`;

export default async function serve(project: TestProject): Promise<() => Promise<void>> {
  await build_page("test", outDir);
  const server: PreviewServer = await preview({ root, mode: "test", logLevel: "error", build: { outDir }, preview: { host: "127.0.0.1", port: 0, headers: { "Content-Security-Policy": POLICY } } });
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new Error("the preview server has no address");
  project.provide("page_url", url);
  return async () => {
    await server.close();
    await rm(`${root}${outDir}`, { recursive: true, force: true });
  };
}
