// Times and sizes as the language writes them. `now` (milliseconds since 1970) is passed in: the clock ticks in app/clock.svelte.ts.
// Not here: sentences with a time in them (the text tables).
import { current_language } from "./language.svelte";
import { number_text, t } from "./text.svelte";

const MINUTE = 60_000;
const DAY = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions, at: Date): string {
  const key = current_language() + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(current_language(), options)));
  return found.format(at);
}

/** Whole days from `at` to `now` by the calendar of this place. */
function days_between(at: Date, now: Date): number {
  const start = (date: Date): number => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((start(now) - start(at)) / DAY);
}

const hour_minute = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

/** The full time with its zone, for the hover. */
export function date_time(iso: string): string {
  return format({ dateStyle: "full", timeStyle: "long" }, new Date(iso));
}

/** `14:02:11` today, else with its day. */
export function clock_time(iso: string, now: number, seconds = true): string {
  const at = new Date(iso);
  const time: Intl.DateTimeFormatOptions = { ...hour_minute, ...(seconds ? { second: "2-digit" } : {}) };
  const away = days_between(at, new Date(now));
  if (away === 0) return format(time, at);
  if (Math.abs(away) < 6) return format({ ...time, weekday: "short" }, at);
  return format({ ...time, day: "numeric", month: "short", ...(Math.abs(away) > 300 ? { year: "numeric" } : {}) }, at);
}

/** `14:02:11.3`: for the events of one change, where the order within a second matters. */
export function clock_tenths(iso: string): string {
  return format({ ...hour_minute, second: "2-digit", fractionalSecondDigits: 1 }, new Date(iso));
}

/** `14:02` */
export function clock_minute(iso: string): string {
  return format(hour_minute, new Date(iso));
}

/** The day as a heading: `Today, Friday, November 20`, `Yesterday`, then the date. */
export function day_name(iso: string, now: number): string {
  const at = new Date(iso);
  const away = days_between(at, new Date(now));
  if (away === 0) return t("time.today_is", { date: format({ weekday: "long", day: "numeric", month: "long" }, at) });
  if (away === 1) return t("time.yesterday_alone");
  return format({ dateStyle: "full" }, at);
}

/** `2 min ago` under an hour, `today 09:12`, `yesterday`, then the date. */
export function ago(iso: string | null, now: number): string {
  if (!iso) return t("time.never");
  const at = new Date(iso);
  const past = now - at.getTime();
  if (past < MINUTE) return t("time.just_now");
  if (past < 60 * MINUTE) return t("time.minutes_ago", { n: Math.floor(past / MINUTE) });
  const away = days_between(at, new Date(now));
  if (away === 0) return t("time.today_at", { time: format(hour_minute, at) });
  if (away === 1) return t("time.yesterday");
  return format({ day: "numeric", month: "short", ...(away > 300 ? { year: "numeric" } : {}) }, at);
}

/** Milliseconds left as `h:mm:ss` or `m:ss`; never below zero. */
export function countdown(milliseconds: number): string {
  const all = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (n: number): string => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function unit(value: number, name: string, unitDisplay: "short" | "long"): string {
  return new Intl.NumberFormat(current_language(), { style: "unit", unit: name, unitDisplay, maximumFractionDigits: 1 }).format(value);
}

/** `23 hr`, `54 min`, `12 sec`: the largest unit only, as the language shortens it. */
export function span_words(milliseconds: number): string {
  const s = Math.max(0, Math.floor(milliseconds / 1000));
  if (s >= 2 * 86_400) return unit(Math.floor(s / 86_400), "day", "short");
  if (s >= 3600) return unit(Math.floor(s / 3600), "hour", "short");
  return s >= 60 ? unit(Math.floor(s / 60), "minute", "short") : unit(s, "second", "short");
}

/** The same for a voice, in its two largest units: `4 minutes 12 seconds`. */
export function span_spoken(milliseconds: number): string {
  const s = Math.max(0, Math.ceil(milliseconds / 1000));
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  if (h > 0) return `${unit(h, "hour", "long")} ${unit(m, "minute", "long")}`;
  return m > 0 ? `${unit(m, "minute", "long")} ${unit(s % 60, "second", "long")}` : unit(s, "second", "long");
}

/** A length of time in its two largest units: `1 min 47 s`, `5 min`, `24 h`, `571 ms`. */
export function span_exact(milliseconds: number): string {
  if (milliseconds < 1000) return `${number_text(Math.round(milliseconds))} ms`;
  const s = Math.round(milliseconds / 1000);
  const units: [number, string][] =
    s > 2 * 86_400 ? [[Math.floor(s / 86_400), "d"], [Math.floor(s / 3600) % 24, "h"]] : [[Math.floor(s / 3600), "h"], [Math.floor(s / 60) % 60, "min"], [s % 60, "s"]];
  return units
    .filter(([n]) => n > 0)
    .slice(0, 2)
    .map(([n, name]) => `${number_text(n)} ${name}`)
    .join(" ");
}

/** `4.2 MB` */
export function bytes_text(count: number): string {
  return count < 1e6 ? unit(count / 1e3, "kilobyte", "short") : unit(count / 1e6, "megabyte", "short");
}
