// The practice mailbox, looked at every second while a change waits. Not here: how a mail is shown.
import { backend } from "../backend";
import type { ChangeView } from "../backend/types/ChangeView";
import type { PracticeMail } from "../backend/types/PracticeMail";

/** Calls `found` with the newest mail for this change, until the returned function is called. */
export function watch_practice_mail(change: ChangeView, found: (mail: PracticeMail | null) => void): () => void {
  const address = (change.waits_for?.address ?? change.to).toLowerCase();
  let stopped = false;
  let timer = 0;
  async function look(): Promise<void> {
    const mails = await backend().list_practice_mails().catch(() => []);
    if (stopped) return;
    const mine = mails.filter((mail) => mail.to.toLowerCase() === address).sort((a, b) => b.id - a.id);
    found(mine[0] ?? null);
    timer = window.setTimeout(() => void look(), 1000);
  }
  void look();
  return () => {
    stopped = true;
    window.clearTimeout(timer);
  };
}
