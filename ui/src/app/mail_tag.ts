// The tag of a waiting change as its mailbox stands now, the same in the list, in the panel and wherever a profile is named; and
// whether it needs somebody.
// Not here: the words and looks (tags.ts).
import type { ChangeView } from "../backend/types/ChangeView";
import type { ProfileView } from "../backend/types/ProfileView";
import { goes_on } from "./goes_on";
import { finds_of, mailboxes } from "./mail.svelte";
import { mailbox_of } from "./mail_match";
import { is_watched } from "./mail_words";
import { mail_tag, needs_you, tag_of_profile, type TagView } from "./tags";

/** Its mailbox brings the code, and there is time for it. */
function is_calm(change: ChangeView, now: number, asked: boolean): boolean {
  return goes_on(change, now, is_watched(mailbox_of(mailboxes(), change.waits_for?.address)), asked);
}

export function mail_tag_now(change: ChangeView, now: number): TagView | null {
  if (change.state !== "awaiting_code") return null;
  const asked = finds_of(change.id).length > 0;
  return mail_tag(change, asked, is_calm(change, now, asked));
}

export function profile_tag_now(profile: ProfileView, now: number): TagView {
  return (profile.change && mail_tag_now(profile.change, now)) ?? tag_of_profile(profile, now);
}

/** As on Pending: what a watched mailbox brings needs nobody. */
export function needs_you_now(profile: ProfileView, now: number): boolean {
  const { change } = profile;
  const calm = change?.state === "awaiting_code" && is_calm(change, now, finds_of(change.id).length > 0);
  return needs_you(profile) && !calm;
}
