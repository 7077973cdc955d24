// What the profiles' list shows: words of the filter, and whether only those that need somebody. Not here: the list.
import type { ProfileView } from "../backend/types/ProfileView";
import { service_name } from "./app.svelte";
import { needs_you_now } from "./mail_tag";

export const list_filter = $state<{ text: string; needs_you: boolean }>({ text: "", needs_you: false });

/** Every word must be in the label, an address, the service's name or a plain field. */
export function filtered(all: ProfileView[], text: string, only_needs_you: boolean, now = Date.now()): ProfileView[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && !only_needs_you) return all;
  return all.filter((profile) => {
    if (only_needs_you && !needs_you_now(profile, now)) return false;
    const hay = [profile.label, profile.email, profile.change?.to, service_name(profile.service), ...Object.values(profile.fields)].join("\n").toLowerCase();
    return words.every((word) => hay.includes(word));
  });
}
