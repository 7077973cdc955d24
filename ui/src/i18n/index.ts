// The words of the page. Import from here.
// Not here: the sentences themselves (text/*.json at the root of the repository).
export { current_language, is_stretched, languages, set_stretched, system_language } from "./language.svelte";
export { set_language } from "./choose";
export { has_text, number_text, t, text_of, text_parts } from "./text.svelte";
export { ago, bytes_text, clock_minute, clock_tenths, clock_time, countdown, date_time, day_name, span_exact, span_spoken, span_words } from "./format.svelte";
export { code_next, code_sentence, code_short } from "./problem.svelte";
export { isolated, plain } from "./gaps";
export { default as Say } from "./Say.svelte";
export type { TextKey, TextParams } from "./keys";
