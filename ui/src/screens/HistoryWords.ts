// What an event of the journal says, and its icon. Pure. Not here: how it is drawn.
import { service_name } from "../app/app.svelte";
import type { ChangeView } from "../backend/types/ChangeView";
import type { EventView } from "../backend/types/EventView";
import { clock_time, code_short, has_text, span_exact, t } from "../i18n";
import type { IconName } from "../parts/icons";

export interface EventWords {
  icon: IconName;
  look: "" | "ok" | "ask" | "bad";
  /** Stands out: what moved the change. */
  strong: boolean;
  text: string;
}

/** `ok`, `code_sent` and the like are fine; everything else is a code of what went wrong. */
function meaning_word(meaning: string | null): string {
  if (!meaning) return "";
  return has_text(`codes.${meaning}.short`) ? code_short(meaning) : meaning;
}

function answer_words(event: EventView): EventWords {
  const step = event.step ?? "any";
  if (event.meaning === "ok" || event.meaning === "code_sent") {
    const key = `events.accepted.${step}`;
    return { icon: "arrow", look: "", strong: true, text: has_text(key) ? t(key) : t("events.accepted.any") };
  }
  if (event.meaning === "read_back") return { icon: "arrow", look: "", strong: true, text: t("events.taken_read") };
  if (event.meaning === "token_refused") return { icon: "key", look: "ask", strong: false, text: t("events.token_refused") };
  if (event.meaning && has_text(`codes.${event.meaning}.short`)) return { icon: "x", look: "bad", strong: true, text: t("events.refused", { what: meaning_word(event.meaning) }) };
  return { icon: "help", look: "ask", strong: true, text: t("events.answered", { what: meaning_word(event.meaning) || String(event.status ?? "") }) };
}

function read_words(event: EventView): EventWords {
  switch (event.meaning) {
    case "proved":
      return { icon: "check", look: "ok", strong: true, text: t("events.read_proved") };
    case "other_address":
      return { icon: "eye", look: "", strong: false, text: t("events.read_other") };
    case "none_set":
      return { icon: "eye", look: "", strong: false, text: t("events.read_none") };
    case "not_supported":
      return { icon: "ban", look: "ask", strong: false, text: t("events.read_impossible") };
    case "unverified":
      return { icon: "eye", look: "ask", strong: false, text: t("events.read_unverified") };
    default:
      if (event.meaning && has_text(`codes.${event.meaning}.short`)) return { icon: "x", look: "ask", strong: false, text: t("events.refused", { what: meaning_word(event.meaning) }) };
      return { icon: "eye", look: "", strong: false, text: t("events.read_back") };
  }
}

function settled_text(meaning: string | null): string {
  const key = `events.settled_${meaning ?? ""}`;
  return has_text(key) ? t(key) : t("events.settled");
}

/** `meaning` is the state in which it stood in the backup. */
function restored_text(meaning: string | null): string {
  const key = `states.${meaning ?? ""}`;
  return has_text(key) ? t("events.restored_from", { what: t(key) }) : t("events.restored");
}

/** The line of one event. `here_only`: the change was cancelled here and not at the service. */
export function event_words(event: EventView, here_only = false): EventWords {
  const what = meaning_word(event.meaning);
  switch (event.kind) {
    case "planned":
      return { icon: "user", look: "", strong: false, text: t("events.planned") };
    case "intent":
      return { icon: "db", look: "", strong: false, text: t("events.intent") };
    case "answer":
      return answer_words(event);
    case "not_sent":
      return { icon: "ban", look: "ask", strong: true, text: what ? t("events.not_sent", { what }) : t("events.nothing_left") };
    case "no_answer":
      return { icon: "help", look: "ask", strong: true, text: t("events.no_answer") };
    case "read_back":
      return read_words(event);
    case "login":
      return event.meaning === null || event.meaning === "ok" ? { icon: "key", look: "", strong: false, text: t("events.login") } : { icon: "key", look: "bad", strong: true, text: t("events.login_refused", { what }) };
    case "value_kept":
      return { icon: "lock", look: "", strong: false, text: t("events.value_kept") };
    case "recovered":
      return { icon: "help", look: "ask", strong: true, text: t("events.recovered") };
    case "restored":
      return { icon: "db", look: "ask", strong: true, text: restored_text(event.meaning) };
    case "settled":
      return { icon: "user", look: "", strong: false, text: settled_text(event.meaning) };
    case "cancelled":
      return { icon: "ban", look: "", strong: true, text: here_only ? t("events.cancelled_here") : t("events.cancelled") };
    case "expired":
      return { icon: "glass", look: "", strong: true, text: t("events.expired") };
    case "replaced":
      return { icon: "drift", look: "", strong: true, text: t("events.replaced") };
  }
}

/** How long it took from the first event to the last, where it has ended. */
export function lasted(change: ChangeView): string | null {
  return change.open ? null : span_exact(Date.parse(change.updated_at) - Date.parse(change.created_at));
}

/** The proof, with the time of its event. */
export function proof_text(change: ChangeView, now: number): string | null {
  return change.proof ? t(`states.proof.${change.proof}`, { time: clock_time(change.updated_at, now) }) : null;
}

/** The whole record as text for the clipboard: what the panel shows, in UTC. No keys, no codes: the journal has none. */
export function record_text(change: ChangeView): string {
  const head = [`${change.profile} (${service_name(change.service)})`, `${t("history.from")}: ${change.from ?? t("history.not_set")}`, `${t("history.to")}: ${change.to}`, `${t("history.end")}: ${t(`states.${change.state}`)}`];
  const lines = change.events.map((event) => {
    const facts = [event.step, event.status, event.millis === null ? null : `${event.millis} ms`, event.meaning].filter((fact) => fact !== null);
    return `${event.at}  ${event_words(event, change.cancelled_there === false).text}${facts.length ? ` [${facts.join(", ")}]` : ""}${event.says ? ` “${event.says}”` : ""}`;
  });
  return [...head, "", ...lines].join("\n");
}
