// What one open change says on the Pending screen: its time, its line, its group. Pure; `now` is passed in.
// Not here: how it is drawn (PendingJob.svelte), the tag (app/tags.ts).
import { HOUR, limit_of } from "../app/goes_on";
import type { ChangeView } from "../backend/types/ChangeView";
import type { WaitsForView } from "../backend/types/WaitsForView";
import { ago, clock_time, countdown, t } from "../i18n";

export interface TimeView {
  /** Counts down and has a bar; null: only words. */
  left: number | null;
  /** Milliseconds gone and in all, for the bar. */
  gone: number;
  all: number;
  warn: boolean;
  word: string;
  hint: string;
}

/** What runs out first comes first; then what waits for a time; then what has none; what has run out comes last. */
export function by_what_ends_first(changes: readonly ChangeView[], now: number): ChangeView[] {
  const time = (change: ChangeView): number => (change.expires_at ? Date.parse(change.expires_at) : (limit_of(change) ?? Infinity));
  const over = (change: ChangeView): boolean => change.state === "expired" || (change.state !== "planned" && change.expires_at !== null && Date.parse(change.expires_at) <= now);
  const place = new Map(changes.map((change) => [change.id, { over: over(change) ? 1 : 0, time: time(change) }]));
  const at = (change: ChangeView): { over: number; time: number } => place.get(change.id) ?? { over: 0, time: Infinity };
  return changes.toSorted((a, b) => at(a).over - at(b).over || (at(a).time === at(b).time ? 0 : at(a).time - at(b).time) || a.created_at.localeCompare(b.created_at));
}

function words(word: string, hint = ""): TimeView {
  return { left: null, gone: 0, all: 0, warn: false, word, hint };
}

function clock_of(from: number, to: number, now: number, warns: boolean): TimeView {
  // Never more than the whole: the clock may have been set back a moment ago.
  const left = Math.min(to - now, Math.max(0, to - from));
  return { left, gone: Math.max(0, now - from), all: Math.max(1, to - from), warn: warns && left < HOUR, word: countdown(left), hint: "" };
}

/** The left column: a countdown where a time is known, else what is known. */
export function time_of(change: ChangeView, now: number): TimeView {
  const asked = change.requested_at ? t("pending.asked", { ago: ago(change.requested_at, now) }) : "";
  switch (change.state) {
    case "planned": {
      const limit = limit_of(change);
      return limit !== null && limit > now ? clock_of(Date.parse(change.updated_at), limit, now, false) : words(t("pending.not_sent"));
    }
    case "requesting":
    case "verifying":
      return words(t("pending.under_way"), t("pending.since", { time: clock_time(change.updated_at, now) }));
    case "unknown":
      return words(t("pending.no_answer"), t("pending.since", { time: clock_time(change.updated_at, now, false) }));
    case "expired":
      return words(t("pending.ran_out"), change.expires_at ? clock_time(change.expires_at, now, false) : "");
    default:
      if (!change.expires_at) return words(t("pending.no_limit"), asked);
      return clock_of(Date.parse(change.requested_at ?? change.created_at), Date.parse(change.expires_at), now, true);
  }
}

/** “6 digits”, “a link”: what the mail is to bring. */
export function what_of(waits: WaitsForView | null): string {
  if (waits?.what === "link") return t("pending.a_link");
  const count = /^\\d\{(\d+)\}$/.exec(waits?.looks ?? "")?.[1];
  return count ? t("pending.digits", { n: Number(count) }) : t("pending.a_code");
}

/** The second line. */
export function line_of(change: ChangeView, service: string, now: number): string {
  const address = change.waits_for?.address ?? change.to;
  switch (change.state) {
    case "planned": {
      const limit = limit_of(change);
      if (limit !== null && limit > now) return t("pending.too_soon", { service, time: clock_time(new Date(limit).toISOString(), now, false) });
      return t("pending.to_send", { address });
    }
    case "requesting":
    case "verifying":
      return t("pending.on_its_way", { address, service });
    case "unknown":
      return t("pending.doubt", { address });
    case "expired":
      return `${t("pending.to", { what: what_of(change.waits_for), address })} · ${t("pending.should_have", { time: change.expires_at ? clock_time(change.expires_at, now, false) : "" })}`;
    default: {
      const ends = change.expires_at ? ` · ${t("pending.ends", { time: clock_time(change.expires_at, now, false) })}` : "";
      return t("pending.to", { what: what_of(change.waits_for), address }) + ends;
    }
  }
}

/** A value as it may stand in a sentence: ids are cut in the middle. */
export function short_value(value: string): string {
  return value.length > 12 ? `${value.slice(0, 4)}…${value.slice(-2)}` : value;
}
