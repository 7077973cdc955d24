// What watching comes to, in words: a tag, a line, the window's status. Pure; `now` is passed in.
// Not here: the mailboxes themselves (mail.svelte.ts).
import type { LastMailView } from "../backend/types/LastMailView";
import type { MailboxView } from "../backend/types/MailboxView";
import { ago, code_short, countdown, plain, t } from "../i18n";
import type { TagView } from "./tags";

/** Parts of a line; the first letter of the whole is a capital. */
export function joined(parts: readonly string[]): string {
  return capital(parts.filter(Boolean).join(" · "));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Whether mail that comes now is seen without anybody's doing. */
export function is_watched(mailbox: MailboxView | null): boolean {
  return mailbox !== null && ["watching", "polling", "connecting"].includes(mailbox.watch.state);
}

/** Only a person can help. */
export function needs_hand(mailbox: MailboxView): boolean {
  return !mailbox.has_password || mailbox.watch.state === "stopped" || (mailbox.watch.state === "resting" && mailbox.watch.problem !== null);
}

export function again_in(mailbox: MailboxView, now: number): string {
  const at = mailbox.watch.retry_at;
  return at ? t("mail.again_in", { time: countdown(Date.parse(at) - now) }) : t("mail.again_soon");
}

export function tag_of_mailbox(mailbox: MailboxView, now: number): TagView {
  const { state, problem } = mailbox.watch;
  if (!mailbox.has_password) return { look: "bad", icon: "key", text: t("mail.state.no_password") };
  switch (state) {
    case "watching":
      return { look: "ok", icon: "check", text: t("mail.state.watching") };
    case "polling":
      return { look: "ok", icon: "clock", text: t("mail.state.polling") };
    case "connecting":
      return { look: "busy", icon: "spin", text: t("mail.state.connecting") };
    case "retrying":
      return { look: "wait", icon: "refresh", text: capital(again_in(mailbox, now)) };
    case "stopped":
      return { look: "bad", icon: "x", text: problem ? code_short(problem.code) : t("mail.state.stopped") };
    case "resting":
      return problem ? { look: "wait", icon: "alert", text: code_short(problem.code) } : { look: "none", icon: "dash", text: t("mail.state.resting") };
  }
}

/** `5 s ago` under a minute, then as everywhere. */
export function looked(iso: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(iso)) / 1000));
  return seconds < 60 ? t("mail.seconds_ago", { n: seconds }) : ago(iso, now);
}

/** “Last looked 5 s ago”; empty where it never was. */
export function looked_line(mailbox: MailboxView, now: number): string {
  return mailbox.watch.looked_at ? t("mail.looked", { ago: looked(mailbox.watch.looked_at, now) }) : "";
}

/** “from noreply@… in Junk, 2 min ago: its code was used” */
export function last_line(last: LastMailView, now: number): string {
  const gaps = { from: plain(last.from ?? "") || t("mail.somebody"), ago: looked(last.at, now), outcome: t(`mail.outcome.${last.outcome}`) };
  return t(last.junk ? "mail.last_junk" : "mail.last", gaps);
}

/** “ops@acme.io, every address at acme.example”; beyond `most` they are counted. */
export function serves_line(mailbox: MailboxView, most = 5): string {
  const own = mailbox.serves.length > 0 ? mailbox.serves : [mailbox.user];
  const named = own.map((one) => (one.startsWith("*@") ? t("mail.all_of", { domain: one.slice(2) }) : plain(one)));
  if (named.length <= most) return named.join(", ");
  return t("mail.and_more", { list: named.slice(0, most - 1).join(", "), n: named.length - most + 1 });
}

/** The window's status; null when there is nothing to say. */
export function mail_status(mailboxes: readonly MailboxView[], now: number): (TagView & { title: string }) | null {
  const ask = mailboxes.find((one) => needs_hand(one) && (one.watch.waiting > 0 || one.watch.state === "stopped"));
  if (ask) return { look: "bad", icon: "x", text: t("mail.status.needs_you"), title: t("mail.status.needs_you_title", { address: ask.user, what: tag_of_mailbox(ask, now).text }) };
  const retrying = mailboxes.find((one) => one.watch.state === "retrying");
  if (retrying) return { look: "wait", icon: "refresh", text: t("mail.status.retrying", { again: again_in(retrying, now) }), title: t("mail.status.retrying_title", { address: retrying.user }) };
  const watched = mailboxes.filter((one) => one.watch.state === "watching" || one.watch.state === "polling");
  const names = watched.map((one) => one.user).join(", ");
  if (watched.length > 0) return { look: "ok", icon: "check", text: t("mail.status.watching", { n: watched.length }), title: t("mail.status.watching_title", { addresses: names }) };
  if (mailboxes.some((one) => one.watch.state === "connecting")) return { look: "busy", icon: "spin", text: t("mail.status.connecting"), title: t("mail.status.connecting") };
  return null;
}
