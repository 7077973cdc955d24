// The contract's calls about mailboxes, finds, the clipboard and closing. What comes from outside of the page (a mail, a click on a
// notification, the window's cross) is played by the window event `fake`: `{ kind, … }`.
// Not here: what is there at start (mailboxes.ts), where servers are (mail_servers.ts).
import type { Backend, NewMailbox } from "../backend";
import type { MailboxView } from "../types/MailboxView";
import type { MailFindView } from "../types/MailFindView";
import { need_change, submit } from "./changes";
import { iso, pause } from "./clock";
import { find_server, test_server } from "./mail_servers";
import { count_waiting, mailbox, serves } from "./mailboxes";
import { understand } from "./paste";
import { problem } from "./problem";
import type { Shared } from "./shared";
import { change_view } from "./world";

type Calls = Pick<
  Backend,
  | "list_mailboxes" | "add_mailbox" | "edit_mailbox" | "remove_mailbox" | "test_mailbox" | "find_mail_server" | "look_for_mail" | "list_mail_finds" | "submit_mail_find" | "dismiss_mail_find"
  | "read_clipboard" | "answer_closing" | "on_closing" | "on_show_change"
>;

/** What a test asks for. */
export type FakeEvent =
  | { kind: "closing"; waiting: number }
  | { kind: "show"; label: string }
  /** A mail for this profile's change: used at once. */
  | { kind: "mail"; label: string }
  /** A mail that somebody must decide about. */
  | { kind: "find"; label: string; choices: string[] };

export function create_mailbox_calls(shared: Shared): Calls {
  const passwords = new Map<string, string>();
  const closing = new Set<(waiting: number) => void>();
  const showing = new Set<(id: string) => void>();
  const around = { get delay() { return shared.delay; }, emit: (change: { id: string; profile_id: string | null }) => shared.emit({ changes: [change.id], profiles: change.profile_id ? [change.profile_id] : [] }) };
  let next = 10;

  function need(id: string): MailboxView {
    const found = shared.mailboxes.find((one) => one.id === id);
    if (!found) throw problem("mailbox_unknown");
    return found;
  }

  function need_find(id: string): MailFindView {
    const found = shared.finds.find((one) => one.id === id);
    if (!found) throw problem("mail_find_gone");
    return found;
  }

  function checked(asked: NewMailbox, id: string | null): NewMailbox {
    if (!/^[a-z0-9.-]+$/i.test(asked.host.trim()) || !asked.user.trim() || !(asked.port > 0 && asked.port < 65_536)) throw problem("mailbox_invalid", !asked.user.trim() ? { field: "user", reason: "empty" } : asked.port > 0 && asked.port < 65_536 ? { field: "host", reason: "bad_host" } : { field: "port", reason: "zero" });
    if (asked.host === "outlook.office365.com") throw problem("mail_oauth_only", { host: asked.host });
    if (shared.mailboxes.some((one) => one.id !== id && one.user === asked.user && one.host === asked.host)) throw problem("mailbox_twice", { user: asked.user, host: asked.host });
    return { ...asked, serves: asked.serves.length > 0 ? asked.serves : asked.user.includes("@") ? [asked.user] : [] };
  }

  function tell(): void {
    count_waiting(shared);
    shared.emit({ mail: true });
  }

  function take_find(id: string): void {
    shared.finds = shared.finds.filter((one) => one.id !== id);
    tell();
  }

  function begin(one: MailboxView): void {
    count_waiting(shared);
    if (one.watch.waiting > 0) Object.assign(one.watch, { state: "watching", problem: null, retry_at: null, looked_at: iso(Date.now()), junk: true });
  }

  const find_change = (label: string): ReturnType<typeof need_change> | undefined => [...shared.world().changes.values()].find((one) => one.profile === label && one.state === "awaiting_code");

  async function play(event: FakeEvent): Promise<void> {
    if (event.kind === "closing") return closing.forEach((listener) => listener(event.waiting));
    const change = find_change(event.label);
    if (!change) return;
    if (event.kind === "show") return showing.forEach((listener) => listener(change.id));
    const box = shared.mailboxes.find((one) => serves(one, change.to)) ?? shared.mailboxes[0];
    if (!box) return;
    const used = event.kind === "mail";
    box.watch.last = { at: iso(Date.now()), from: "noreply@mannco.store", junk: false, outcome: used ? "used" : "asked" };
    if (event.kind === "find") shared.finds.push({ id: `find-${next++}`, mailbox: box.id, change: change.id, at: iso(Date.now()), from: "noreply@mannco.store", to: change.to, junk: false, why: problem("code_ambiguous"), choices: event.choices });
    tell();
    if (used) await submit(shared.world(), change, change.code, around);
    tell();
  }
  if (typeof window !== "undefined") window.addEventListener("fake", (event) => void play((event as CustomEvent<FakeEvent>).detail));

  return {
    // Practice has a mailbox of its own.
    list_mailboxes: async () => (shared.mode === "practice" ? [] : structuredClone(shared.mailboxes)),
    add_mailbox: async (asked) => {
      shared.vault.need();
      const { password, ...given } = checked(asked, null);
      if (!password) throw problem("mail_password_needed", { user: asked.user });
      const one = mailbox(next++, given);
      passwords.set(one.id, password);
      shared.mailboxes.push(one);
      begin(one);
      tell();
      return structuredClone(one);
    },
    edit_mailbox: async (id, asked) => {
      shared.vault.need();
      const one = need(id);
      const { password, ...given } = checked(asked, id);
      if (!password && given.host !== one.host) throw problem("mail_password_needed", { user: asked.user });
      if (password) passwords.set(id, password);
      Object.assign(one, given, { has_password: true });
      Object.assign(one.watch, { state: "resting", problem: null, retry_at: null });
      begin(one);
      tell();
      return structuredClone(one);
    },
    remove_mailbox: async (id) => {
      need(id);
      shared.mailboxes = shared.mailboxes.filter((one) => one.id !== id);
      shared.finds = shared.finds.filter((one) => one.mailbox !== id);
      tell();
    },
    test_mailbox: async (id, asked) => {
      const given = checked(asked, id);
      await pause(shared.delay);
      return test_server(given, given.password ?? passwords.get(id ?? "") ?? (shared.mailboxes.find((one) => one.id === id)?.watch.state === "stopped" ? "wrong" : ""));
    },
    find_mail_server: async (address, ask) => {
      if (ask) await pause(shared.delay);
      return find_server(address, ask);
    },
    look_for_mail: async () => {
      const locked = shared.mode === "real" && shared.vault.locked();
      for (const one of shared.mailboxes) if (one.watch.problem?.code !== "mail_login_refused" && !locked) begin(one);
      tell();
    },
    list_mail_finds: async () => (shared.mode === "practice" ? [] : structuredClone(shared.finds)),
    submit_mail_find: async (id, choice) => {
      const find = need_find(id);
      const change = need_change(shared.world(), find.change);
      shared.vault.need();
      take_find(id);
      await submit(shared.world(), change, choice, around);
      return change_view(change, true);
    },
    dismiss_mail_find: async (id) => {
      need_find(id);
      take_find(id);
    },
    read_clipboard: async () => {
      if (!shared.preferences().clipboard_offer || !shared.clipboard) return null;
      const waiting = [...shared.world().changes.values()].filter((change) => change.state === "awaiting_code");
      const understood = understand(shared.clipboard, waiting);
      return understood.change && understood.value && !understood.problem ? understood : null;
    },
    answer_closing: async (keep, remember) => {
      document.documentElement.dataset.closed = keep ? "kept" : "ended";
      if (remember) shared.prefer({ closing: keep ? "keep" : "close" });
    },
    on_closing: (listener) => {
      closing.add(listener);
      return () => closing.delete(listener);
    },
    on_show_change: (listener) => {
      showing.add(listener);
      return () => showing.delete(listener);
    },
  };
}
