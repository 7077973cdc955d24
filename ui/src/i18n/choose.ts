// Changes the language: reads its table first, so that no key is ever shown.
// Not here: which languages there are (language.svelte.ts).
import type { Language } from "../backend/backend";
import { speak, system_language } from "./language.svelte";
import { load_table } from "./text.svelte";

let wanted: Language | null = null;

/** Takes the user's choice; null follows the system. Resolves when the page speaks it; the last choice wins. */
export async function set_language(choice: Language | null): Promise<void> {
  const language = choice ?? system_language();
  wanted = language;
  await load_table(language);
  if (wanted === language) speak(language);
}
