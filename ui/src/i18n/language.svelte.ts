// Which language the page speaks: the user's choice, else the system's, else English.
// Not here: where the choice is stored (preferences come from the backend).
import type { Language } from "../backend/backend";

export const languages: readonly { id: Language; name: string }[] = [
  { id: "en", name: "English" },
  { id: "pt-BR", name: "Português (Brasil)" },
  { id: "es", name: "Español" },
];

const state = $state<{ language: Language; stretched: boolean }>({ language: "en", stretched: false });

/** The language that fits the system's list best. Every Portuguese gets pt-BR, every Spanish es. */
export function system_language(wanted: readonly string[] = navigator.languages): Language {
  for (const tag of wanted) {
    const found = languages.find((own) => own.id.slice(0, 2) === tag.slice(0, 2).toLowerCase());
    if (found) return found.id;
  }
  return "en";
}

/** Speaks this language from now on; its table is loaded before (index.ts, `set_language`). Tells screen readers through `<html lang>`. */
export function speak(language: Language): void {
  state.language = language;
  document.documentElement.lang = state.language;
}

export function current_language(): Language {
  return state.language;
}

/** Test switch: every string of ours becomes 35 % longer, so that a tight place shows itself. */
export function set_stretched(on: boolean): void {
  state.stretched = on;
}

export function is_stretched(): boolean {
  return state.stretched;
}
