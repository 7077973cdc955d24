// Where an address's mail is read, as the core's table and autoconfig would say; and what a test of a mailbox finds out, by the host's first word.
// Not here: mailboxes that are kept (mailboxes.ts).
import type { NewMailbox } from "../backend";
import type { MailboxTestId } from "../types/MailboxTestId";
import type { MailboxTestView } from "../types/MailboxTestView";
import type { MailServerNote } from "../types/MailServerNote";
import type { MailServerView } from "../types/MailServerView";
import type { Problem } from "../types/Problem";
import { problem } from "./problem";

const table: Record<string, { host: string | null; note?: MailServerNote; help?: string }> = {
  "fastmail.com": { host: "imap.fastmail.com", note: "app_password", help: "https://www.fastmail.help/hc/en-us/articles/360058752854" },
  "gmail.com": { host: "imap.gmail.com", note: "app_password", help: "https://support.google.com/mail/answer/185833" },
  "outlook.com": { host: "outlook.office365.com", note: "oauth_only", help: "https://support.microsoft.com/office" },
  "proton.me": { host: "127.0.0.1", note: "bridge", help: "https://proton.me/mail/bridge" },
  "gmx.net": { host: "imap.gmx.net", note: "switch_on", help: "https://hilfe.gmx.net/pop-imap/" },
  "tuta.com": { host: null, note: "no_imap", help: "https://tuta.com/faq" },
  "plain.example": { host: "mail.plain.example" },
};

export function find_server(address: string, ask: boolean): MailServerView {
  const domain = (address.split("@")[1] ?? "").toLowerCase();
  if (!/^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/.test(address.trim())) throw problem("email_invalid", { reason: "no_at" });
  const known = table[domain];
  const none: MailServerView = { source: "unknown", host: null, port: 993, tls: "implicit", user: address.trim(), note: null, help: null, asks: [`autoconfig.${domain}`, "autoconfig.thunderbird.net"] };
  if (known) return { ...none, source: "table", host: known.host, port: known.note === "bridge" ? 1143 : 993, tls: known.note === "bridge" ? "starttls" : "implicit", note: known.note ?? null, help: known.help ?? null, asks: [] };
  if (ask && domain === "newname.example") return { ...none, source: "autoconfig", host: "imap.newname.example", asks: [] };
  return none;
}

const steps: MailboxTestId[] = ["name", "port", "tls", "login", "inbox", "idle"];

/** `noname.…`, `noport.…`, `selfsigned.…`, `nostarttls.…`, `notimap.…`, `noinbox.…`, `noidle.…`; the password `wrong` is refused. */
function fault_of(asked: NewMailbox, password: string): { at: MailboxTestId; problem: Problem | null } | null {
  const { host } = asked;
  const word = host.split(".")[0] ?? "";
  const params = { host, port: `${asked.port}`, user: asked.user };
  if (word === "noname") return { at: "name", problem: problem("mail_unreachable", { ...params, reason: "name" }) };
  if (word === "noport") return { at: "port", problem: problem("mail_unreachable", { ...params, reason: "port" }) };
  if (word === "selfsigned") return { at: "tls", problem: problem("mail_tls_failed", { ...params, reason: "unknown_authority" }) };
  if (word === "nostarttls") return { at: "tls", problem: problem("mail_tls_failed", { ...params, reason: "no_starttls" }) };
  if (word === "notimap") return { at: "tls", problem: problem("mail_not_imap", params) };
  if (password === "wrong") return { at: "login", problem: problem("mail_login_refused", params, { service_says: "[AUTHENTICATIONFAILED] Invalid credentials" }) };
  if (word === "noinbox") return { at: "inbox", problem: problem("mail_server_failed", { ...params, reason: "refused" }) };
  if (word === "noidle") return { at: "idle", problem: null };
  return null;
}

export function test_server(asked: NewMailbox, password: string): MailboxTestView {
  const fault = fault_of(asked, password);
  const at = fault ? steps.indexOf(fault.at) : steps.length;
  return {
    steps: steps.map((id, i) => ({ id, ok: i < at ? true : i === at ? false : null, problem: i === at ? (fault?.problem ?? null) : null })),
    works: at >= steps.indexOf("idle"),
    junk: at >= steps.indexOf("idle") && !asked.host.startsWith("nojunk") ? "Junk" : null,
  };
}
