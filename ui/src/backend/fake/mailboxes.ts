// The mailboxes that a world has at start, by scenario, and what was found in them.
// Not here: the calls (mailbox_calls.ts), what a test of them says (mailbox_tests.ts).
import type { MailboxView } from "../types/MailboxView";
import type { MailFindView } from "../types/MailFindView";
import type { WatchView } from "../types/WatchView";
import { HOSTILE } from "./answers";
import { iso } from "./clock";
import { problem } from "./problem";
import type { Scenario } from "./scenarios";
import type { Shared } from "./shared";

const resting: WatchView = { state: "resting", problem: null, waiting: 0, retry_at: null, looked_at: null, junk: null, last: null };

export function mailbox(n: number, more: Partial<MailboxView>, watch: Partial<WatchView> = {}): MailboxView {
  const user = more.user ?? "ops@newname.example";
  return {
    id: `0192f0c0-0000-7000-9000-${n.toString(16).padStart(12, "0")}`, user, host: `imap.${user.split("@")[1] ?? "newname.example"}`, port: 993, tls: "implicit", ca_file: null, serves: [user], has_password: true,
    ...more, watch: { ...resting, ...watch },
  };
}

/** Whether the mail of `address` comes to this mailbox. */
export function serves(mailbox: MailboxView, address: string): boolean {
  const [name, domain] = address.toLowerCase().split("@");
  const bare = `${name?.split("+")[0]}@${domain}`;
  return mailbox.serves.some((one) => one.toLowerCase() === bare || one.toLowerCase() === `*@${domain}`);
}

function find_for(shared: Shared, label: string, n: number, more: Partial<MailFindView>): void {
  const change = [...shared.real.changes.values()].find((one) => one.profile === label && one.state === "awaiting_code");
  if (!change) return;
  shared.finds.push({
    id: `0192f0c0-0000-7000-a000-${n.toString(16).padStart(12, "0")}`, mailbox: shared.mailboxes[0]?.id ?? "", change: change.id, at: iso(Date.now() - 90_000), from: "noreply@mannco.store", to: change.to, junk: false,
    why: problem("code_ambiguous"), choices: ["481903", "204417"], ...more,
  });
}

/** Counts what waits at each mailbox, as the engine does. */
export function count_waiting(shared: Shared): void {
  for (const one of shared.mailboxes) {
    one.watch.waiting = [...shared.real.changes.values()].filter((change) => change.state === "awaiting_code" && serves(one, change.to)).length;
    if (one.watch.waiting === 0 && one.watch.problem === null) one.watch.state = "resting";
  }
}

export function seed_mailboxes(shared: Shared, scenario: Scenario): void {
  const now = Date.now();
  const looked_at = iso(now - 5000);
  const ours = { serves: ["ops@newname.example", "support@newname.example", "trade1@newname.example", "trade8@newname.example"] };
  if (scenario === "mail") {
    const last = { at: iso(now - 120_000), from: "noreply@z-api.io", junk: true, outcome: "used" as const };
    shared.mailboxes.push(mailbox(1, ours, { state: "watching", looked_at, junk: true, last }));
    shared.mailboxes.push(mailbox(2, { user: "archive@oldname.example", port: 143, tls: "starttls" }));
    find_for(shared, "Trade desk 1", 1, {});
  }
  if (scenario === "mail-trouble") {
    const retry_at = iso(now + 40_000);
    shared.mailboxes.push(mailbox(1, ours, { state: "retrying", problem: problem("mail_unreachable", { host: "imap.newname.example", reason: "timed_out" }, { retry_at }), retry_at, looked_at: iso(now - 400_000) }));
    shared.mailboxes.push(mailbox(2, { user: "infra@newname.example" }, { state: "stopped", problem: problem("mail_login_refused", { host: "imap.newname.example", user: "infra@newname.example" }, { service_says: "[AUTHENTICATIONFAILED] Invalid credentials" }) }));
    find_for(shared, "Trade desk 8", 2, { junk: true, why: problem("sender_new", { from: "hello@elsewhere.example", known: "noreply@mannco.store" }), from: "hello@elsewhere.example", choices: ["481903"] });
  }
  if (scenario === "locked") shared.mailboxes.push(mailbox(1, ours, { state: "stopped", problem: problem("vault_locked") }));
  if (scenario === "hostile") {
    const rude = `<img src=x onerror="document.title='owned'"> \u202Etxt.exe ${"a".repeat(300)}@${"long-label.".repeat(18)}example`;
    shared.mailboxes.push(mailbox(1, { user: rude, host: "imap.example", serves: ["*@newname.example", ...Array.from({ length: 30 }, (_, i) => `desk${i}+${rude}`)] }, { state: "stopped", problem: problem("mail_login_refused", { host: "imap.example" }, { service_says: HOSTILE }), last: { at: looked_at, from: rude, junk: true, outcome: "asked" } }));
    const rtl = [...shared.real.changes.values()].find((one) => one.state === "awaiting_code");
    if (rtl) shared.finds.push({ id: "find-hostile", mailbox: shared.mailboxes[0]?.id ?? "", change: rtl.id, at: looked_at, from: rude, to: rude, junk: true, why: problem("sender_new", { from: rude, known: rude }), choices: [rude, "\u202E123456", "b".repeat(4000)] });
  }
  if (scenario === "1000-pending") shared.mailboxes.push(mailbox(1, { serves: ["*@newname.example"] }, { state: "watching", looked_at, junk: true }));
  count_waiting(shared);
}
