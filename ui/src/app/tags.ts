// Which tag a profile or a change wears: icon, word, look. Pure; `now` is passed in. Not here: how a tag is drawn.
import type { ChangeView } from "../backend/types/ChangeView";
import type { Code } from "../backend/types/Code";
import type { ProfileView } from "../backend/types/ProfileView";
import { code_short, countdown, span_words, t } from "../i18n";
import type { IconName } from "../parts/icons";
import type { TagLook } from "../parts/Tag.svelte";

export interface TagView {
  look: TagLook;
  icon: IconName;
  text: string;
}

/** Refusals that wait for the user at the service, rather than being an end. */
const waiting: Code[] = ["two_factor_required"];

/** Nobody refused anything: it did not get there. */
const on_the_wire: Code[] = ["unreachable", "timed_out", "no_answer", "tls_failed", "proxy_failed", "service_unavailable", "login_failed", "read_back_failed", "interrupted", "vault_locked", "vault_unset"];

function refused_tag(code: Code | undefined): TagView {
  if (!code) return { look: "bad", icon: "x", text: t("states.refused") };
  if (on_the_wire.includes(code)) return { look: "wait", icon: "alert", text: code_short(code) };
  if (waiting.includes(code)) return { look: "wait", icon: "shield", text: code_short(code) };
  return { look: "bad", icon: "x", text: code_short(code) };
}

function planned_tag(change: ChangeView, now: number): TagView {
  const code = change.problem?.code;
  const retry_at = change.retry_at ?? change.problem?.retry_at;
  if (code === "rate_limited" && retry_at && Date.parse(retry_at) > now) {
    return { look: "wait", icon: "clock", text: t("states.waits", { time: countdown(Date.parse(retry_at) - now) }) };
  }
  if (code && code !== "rate_limited") return refused_tag(code);
  return { look: change.problem ? "wait" : "none", icon: change.problem ? "clock" : "dash", text: t("states.planned") };
}

/** `now` null: without the time that is left. */
function awaiting_tag(change: ChangeView, now: number | null): TagView {
  const link = change.waits_for?.what === "link";
  const word = link ? t("states.awaiting_link") : t("states.awaiting_code");
  const left = change.expires_at && now !== null ? Date.parse(change.expires_at) - now : 0;
  return { look: "wait", icon: link ? "link" : "mail", text: left > 0 ? `${word} · ${span_words(left)}` : word };
}

/** For places with a countdown beside it. */
export function tag_without_time(change: ChangeView): TagView {
  return awaiting_tag(change, null);
}

/** What a change that waits for its code wears where a mailbox has a say; null: what it wears without one.
 *  `asked`: a mail has to be decided about; `calm`: the mailbox brings the code, and there is time for it. */
export function mail_tag(change: ChangeView, asked: boolean, calm: boolean): TagView | null {
  if (change.state !== "awaiting_code") return null;
  if (asked) return { look: "ask", icon: "help", text: t("mail.tag_decide") };
  return calm ? { look: "busy", icon: "mail", text: t("mail.tag_watched") } : null;
}

export function tag_of_change(change: ChangeView, now: number): TagView {
  switch (change.state) {
    case "planned":
      return planned_tag(change, now);
    case "requesting":
    case "verifying":
      return { look: "busy", icon: "spin", text: t(`states.${change.state}`) };
    case "awaiting_code":
      return awaiting_tag(change, now);
    case "unknown":
      return { look: "ask", icon: "help", text: t("states.unknown") };
    case "refused":
      return refused_tag(change.problem?.code);
    case "expired":
      return { look: "none", icon: "glass", text: t("states.expired") };
    case "cancelled":
      return { look: "none", icon: "ban", text: t("states.cancelled") };
    case "changed":
      return { look: "ok", icon: "check", text: t("states.changed") };
  }
}

export function tag_of_profile(profile: ProfileView, now: number): TagView {
  if (profile.change) return tag_of_change(profile.change, now);
  if (profile.problem) return refused_tag(profile.problem.code);
  const text = t(`states.known.${profile.known}`);
  switch (profile.known) {
    case "never_checked":
    case "not_set":
      return { look: "none", icon: "dash", text };
    case "as_read":
      return { look: "none", icon: "eye", text };
    case "verified":
    case "changed":
      return { look: "ok", icon: "check", text };
    case "changed_elsewhere":
      return { look: "ask", icon: "drift", text };
  }
}

/** Whether somebody has to do something about it. */
export function needs_you(profile: ProfileView): boolean {
  const state = profile.change?.state;
  if (state) return state !== "requesting" && state !== "verifying";
  return profile.problem !== null || profile.known === "changed_elsewhere";
}
