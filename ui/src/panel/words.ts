// Small wordings that several places of the panel and the list share. Pure.
import type { ProfileView } from "../backend/types/ProfileView";

/** Ids are cut in the middle: the ends tell them apart. */
export function short_id(id: string): string {
  return id.length > 12 ? `${id.slice(0, 4)}…${id.slice(-2)}` : id;
}

/** “Z-API · 3C4F…91”: the service and the account's first plain field. */
export function account_line(profile: ProfileView, service: string): string {
  const first = Object.values(profile.fields).find((value) => value.length > 0);
  return first ? `${service} · ${short_id(first)}` : service;
}

/** “@oldname.example” */
export function domain_of(address: string | null): string | null {
  const at = address?.lastIndexOf("@") ?? -1;
  return address && at >= 0 ? address.slice(at).toLowerCase() : null;
}
