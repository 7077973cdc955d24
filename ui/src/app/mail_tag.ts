// The tag of a waiting change as its mailbox stands now, the same in the list, in the panel and wherever a profile is named.
// Not here: the words and looks (tags.ts).
import type { ChangeView } from "../backend/types/ChangeView";
import type { ProfileView } from "../backend/types/ProfileView";
import { goes_on } from "./goes_on";
import { finds_of, mailboxes } from "./mail.svelte";
import { mailbox_of } from "./mail_match";
import { is_watched } from "./mail_words";
import { mail_tag, tag_of_profile, type TagView } from "./tags";

export function mail_tag_now(change: ChangeView, now: number): TagView | null {
  if (change.state !== "awaiting_code") return null;
  const asked = finds_of(change.id).length > 0;
  return mail_tag(change, asked, goes_on(change, now, is_watched(mailbox_of(mailboxes(), change.waits_for?.address)), asked));
}

export function profile_tag_now(profile: ProfileView, now: number): TagView {
  return (profile.change && mail_tag_now(profile.change, now)) ?? tag_of_profile(profile, now);
}
