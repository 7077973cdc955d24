// Mailboxes and finds of this mode, kept fresh by the backend's events; and what came from them, said once to a screen reader.
// Not here: sentences about them (mail_words.ts), which mail is whose (mail_match.ts).
import { backend } from "../backend";
import type { MailboxView } from "../backend/types/MailboxView";
import type { MailFindView } from "../backend/types/MailFindView";
import { plain, t } from "../i18n";

interface Mail {
  mailboxes: MailboxView[];
  finds: MailFindView[];
  loaded: boolean;
  /** For the live region: what has just come. */
  said: string;
}

let mail = $state.raw<Mail>({ mailboxes: [], finds: [], loaded: false, said: "" });
let run = 0;
let reading = false;
let again = false;

export function mailboxes(): MailboxView[] {
  return mail.mailboxes;
}

export function mail_loaded(): boolean {
  return mail.loaded;
}

/** What a person must decide about. */
export function mail_finds(): MailFindView[] {
  return mail.finds;
}

/** What is asked about a change, oldest first. */
export function finds_of(change_id: string): MailFindView[] {
  return mail.finds.filter((find) => find.change === change_id);
}

export function mail_said(): string {
  return mail.said;
}

/** What is new since the last look, in one sentence; empty where nothing is. Pure. */
export function news(before: Mail, boxes: MailboxView[], finds: MailFindView[]): string {
  if (!before.loaded) return before.said;
  const known = new Set(before.finds.map((find) => find.id));
  const asked = finds.find((find) => !known.has(find.id));
  if (asked) return t("mail.said_find", { from: plain(asked.from ?? "") || t("mail.somebody") });
  const used = boxes.find((box) => {
    const last = box.watch.last;
    const seen = before.mailboxes.find((one) => one.id === box.id)?.watch.last;
    return last?.outcome === "used" && (seen?.at !== last.at || seen.outcome !== "used");
  });
  return used ? t("mail.said_used", { from: plain(used.watch.last?.from ?? "") || t("mail.somebody") }) : before.said;
}

/** Reads both lists; a change that comes while they are read makes one more reading, not many. */
export async function load_mail(): Promise<void> {
  if (reading) {
    again = true;
    return;
  }
  reading = true;
  const mine = run;
  try {
    do {
      // Hundreds of codes may arrive at once: they are read a few times a second.
      if (again) await new Promise((go) => setTimeout(go, 250));
      again = false;
      const [boxes, finds] = await Promise.all([backend().list_mailboxes(), backend().list_mail_finds()]);
      if (mine !== run) again = true;
      else mail = { mailboxes: boxes, finds, loaded: true, said: news(mail, boxes, finds) };
    } while (again && mine === run);
  } catch {
    // What is asked of mailboxes themselves says why; a list that cannot be read now is read at the next change.
  } finally {
    reading = false;
  }
  if (mine !== run) void load_mail();
}

/** Another mode, other mailboxes. */
export function forget_mail(): void {
  run += 1;
  mail = { mailboxes: [], finds: [], loaded: false, said: "" };
}

export function watch_mail(): () => void {
  return backend().on_changed((changed) => {
    if (changed.mail || changed.all) void load_mail();
  });
}
