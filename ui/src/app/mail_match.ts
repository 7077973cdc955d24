// Whose mail comes to which mailbox. Pure: the same rule as the core's, for what the page says about an address.
// Not here: what the mailbox is doing.
import type { MailboxView } from "../backend/types/MailboxView";

/** `Ops+proxies@Acme.io` → [`ops+proxies`, `acme.io`] */
function parts(address: string): [string, string] {
  const low = address.trim().toLowerCase();
  const at = low.lastIndexOf("@");
  return [low.slice(0, Math.max(0, at)), low.slice(at + 1)];
}

export function serves(mailbox: Pick<MailboxView, "serves" | "user">, address: string): boolean {
  const [name, domain] = parts(address);
  const own = mailbox.serves.length > 0 ? mailbox.serves : [mailbox.user];
  return own.some((one) => {
    const [own_name, own_domain] = parts(one);
    return own_domain === domain && name !== "" && (own_name === "*" || own_name === name || name.startsWith(`${own_name}+`));
  });
}

/** How sure a watched mailbox is to get a code: one that works before one that does not. */
const order = ["watching", "polling", "connecting", "retrying", "resting", "stopped"];

export function mailbox_of(mailboxes: readonly MailboxView[], address: string | null | undefined): MailboxView | null {
  if (!address) return null;
  const mine = mailboxes.filter((mailbox) => serves(mailbox, address));
  return mine.toSorted((a, b) => order.indexOf(a.watch.state) - order.indexOf(b.watch.state))[0] ?? null;
}

/** Addresses typed one a line, or with commas between them; each once. */
export function read_serves(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).map((one) => one.trim()).filter(Boolean))];
}
