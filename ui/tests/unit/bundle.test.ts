// What is shipped: no fake, nothing inline that the content security policy would drop.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build_page } from "../build";

const outDir = fileURLToPath(new URL(`../../node_modules/.shipped-page-${process.pid}`, import.meta.url));
let files: { name: string; text: string }[] = [];

beforeAll(async () => {
  await build_page("production", outDir);
  files = readdirSync(outDir, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(js|css|html)$/.test(name))
    .map((name) => ({ name, text: readFileSync(`${outDir}/${name}`, "utf8") }));
});

afterAll(() => rmSync(outDir, { recursive: true, force: true }));

test("the fake is not in it", () => {
  expect(files.length).toBeGreaterThan(2);
  expect(files.filter(({ text }) => text.includes("practice.example") || text.includes("first-start")).map(({ name }) => name)).toEqual([]);
});

test("the sentences of the command line and of notifications are not in it", () => {
  expect(files.some(({ text }) => text.includes("Read back: it holds the new address"))).toBe(true);
  expect(files.filter(({ text }) => text.includes("READDRESS_PASSPHRASE") || text.includes("The code came by mail and is being used.")).map(({ name }) => name)).toEqual([]);
});

test("no inline script, style or handler stands in the page, and nothing is fetched from elsewhere", () => {
  const html = files.find(({ name }) => name === "index.html")?.text ?? "";
  expect(html).toContain("<script");
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?:\/\//);
});

test("no script makes style elements or style attributes", () => {
  const bad = files.filter(({ name, text }) => name.endsWith(".js") && (/createElement\("style"\)|createElement\(`style`\)/.test(text) || /\sstyle="/.test(text)));
  expect(bad.map(({ name }) => name)).toEqual([]);
});
