// The contract's calls about services and profiles. Not here: changes.
import type { Backend, NewProfile } from "../backend";
import type { Doubt } from "../types/Doubt";
import type { LimitOf } from "../types/LimitOf";
import type { Problem } from "../types/Problem";
import { check, too_soon } from "./changes";
import { iso, pause } from "./clock";
import { understand_keys, type PastedKeys } from "./paste";
import { problem } from "./problem";
import { own_service, service_of, services } from "./services";
import type { Shared } from "./shared";
import { new_id, open_change, profile_view, type Profile } from "./world";

type Calls = Pick<Backend, "list_services" | "accept_service" | "set_limit_scope" | "list_profiles" | "get_profile" | "read_pasted_profile" | "add_profile" | "test_profile" | "edit_profile" | "remove_profile" | "read_profile" | "check_address">;

const well_known = ["gmail.com", "outlook.com", "hotmail.com", "newname.example"];

/** One letter missing, added, changed, or two swapped. */
export function one_away(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  const [x, y] = [a.slice(i), b.slice(i)];
  return x.slice(1) === y || x === y.slice(1) || x.slice(1) === y.slice(1) || (x[0] === y[1] && x[1] === y[0] && x.slice(2) === y.slice(2));
}

/** The commonest of the core's reasons, by its names. */
function wrong_address(typed: string): Problem | null {
  const alone = /<([^<>\s]+@[^<>\s]+)>/.exec(typed)?.[1];
  if (alone) return problem("email_invalid", { reason: "display_name", suggestion: alone });
  if (/^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/.test(typed)) return null;
  const [before, after] = typed.split("@");
  const reason = typed.split("@").length > 2 ? "several" : /\s/.test(typed) ? "spaces" : after === undefined ? "no_at" : !before ? "no_local" : !after ? "no_domain" : !after.includes(".") ? "no_tld" : "bad_domain";
  return problem("email_invalid", { reason });
}

export function create_profile_calls(shared: Shared): Calls {
  const accepted = new Set<string>();
  const scopes = new Map<string, LimitOf>();
  const drafts = new Map<string, PastedKeys>();

  function need(id: string): Profile {
    const found = shared.world().profiles.get(id);
    if (!found) throw problem("profile_unknown", { label: id });
    return found;
  }

  function need_vault(): void {
    if (shared.mode === "real") shared.vault.need();
  }

  const view = (profile: Profile): ReturnType<typeof profile_view> => profile_view(shared.world(), profile, shared.mode === "real" && shared.vault.locked());

  function secrets_of(asked: NewProfile): Record<string, string> {
    const filled = Object.fromEntries(Object.entries(asked.secrets).filter(([, value]) => value !== ""));
    return { ...(drafts.get(asked.draft ?? "")?.secrets ?? {}), ...filled };
  }

  function check_fields(asked: NewProfile): void {
    const service = service_of(asked.service);
    const secrets = secrets_of(asked);
    for (const field of service.fields) {
      if (!field.secret && !field.optional && !asked.fields[field.id]?.trim()) throw problem("field_missing", { field: field.label.en ?? field.id, service: service.name });
    }
    const missing = service.needs_one_of[0]?.[0];
    if (missing && !service.needs_one_of.some((set) => set.every((id) => secrets[id]))) {
      const field = service.fields.find((one) => one.id === missing);
      throw problem("field_missing", { field: field?.label.en ?? missing, service: service.name });
    }
  }

  function check_label(label: string, own: string | null): void {
    const key = label.trim().toLowerCase();
    if (key === "" || key.length > 200) throw problem("label_invalid");
    for (const other of shared.world().profiles.values()) if (other.id !== own && other.label.trim().toLowerCase() === key) throw problem("label_taken", { label });
  }

  return {
    list_services: async () => [...services, ...(shared.own_service ? [own_service] : []), ...shared.added].map((service) => (service.own ? { ...service, accepted: accepted.has(service.host) } : service)).map((service) => ({ ...service, limits: service.limits.map((limit) => ({ ...limit, of: scopes.get(service.id) ?? limit.of })), profiles: [...shared.world().profiles.values()].filter((profile) => profile.service === service.id).length })),

    accept_service: async (service, host) => {
      if (service === own_service.id && host !== own_service.host) throw problem("service_new", { service: own_service.name, id: service, host: own_service.host });
      accepted.add(host);
    },

    set_limit_scope: async (service, of) => {
      if (of) scopes.set(service_of(service).id, of);
      else scopes.delete(service);
    },

    list_profiles: async (after, limit) => {
      const all = [...shared.world().profiles.values()].sort((a, b) => a.label.localeCompare(b.label));
      const from = after === null ? 0 : Number(after);
      return { items: all.slice(from, from + limit).map(view), next: from + limit < all.length ? String(from + limit) : null, total: all.length };
    },
    get_profile: async (id) => view(need(id)),

    read_pasted_profile: async (text) => {
      const found = understand_keys(text);
      if (!found) throw problem("code_not_found");
      const draft = `draft-${drafts.size + 1}`;
      drafts.set(draft, found);
      return { draft, service: found.service, fields: found.fields, secrets: Object.fromEntries(Object.entries(found.secrets).map(([id, value]) => [id, value.length])), base_url: found.base_url };
    },

    test_profile: async (asked) => {
      check_fields(asked);
      await pause(shared.delay);
      if (Object.values(secrets_of(asked)).some((secret) => secret.startsWith("wrong"))) throw problem("credentials_refused", { service: service_of(asked.service).name }, { service_says: "Invalid token.", status: 401 });
      return { email: "someone@oldname.example", verified: asked.service === "z-api" ? true : null };
    },

    add_profile: async (asked) => {
      const world = shared.world();
      check_label(asked.label, null);
      check_fields(asked);
      if (shared.mode === "real") shared.vault.need();
      const instance = asked.fields.instance_id;
      const twin = instance ? [...world.profiles.values()].find((other) => other.service === asked.service && other.fields.instance_id === instance) : undefined;
      if (twin) throw problem("profile_twice", { label: twin.label });
      const profile: Profile = {
        id: new_id(world), label: asked.label.trim(), service: asked.service, base_url: asked.base_url, host: asked.base_url ? new URL(asked.base_url).host : service_of(asked.service).host,
        fields: { ...asked.fields }, secrets: secrets_of(asked), email: null, verified: null, checked_at: null, known: "never_checked", problem: null,
      };
      world.profiles.set(profile.id, profile);
      shared.emit({ profiles: [profile.id] });
      return view(profile);
    },

    edit_profile: async (id, edit) => {
      const profile = need(id);
      if (edit.label !== undefined) {
        check_label(edit.label, id);
        profile.label = edit.label.trim();
      }
      if (edit.secrets) need_vault();
      if (Object.values(edit.secrets ?? {}).some((secret) => secret.startsWith("unseen")) && !accepted.has(own_service.host)) throw problem("service_new", { service: own_service.name, id: own_service.id, host: own_service.host });
      Object.assign(profile.fields, edit.fields);
      Object.assign(profile.secrets, edit.secrets);
      for (const field of edit.forget ?? []) delete profile.secrets[field];
      if (edit.secrets && profile.problem?.code === "credentials_refused") profile.problem = null;
      shared.emit({ profiles: [id] });
      return view(profile);
    },

    remove_profile: async (id) => {
      const world = shared.world();
      need(id);
      world.profiles.delete(id);
      for (const change of world.changes.values()) if (change.profile_id === id) change.profile_id = null;
      shared.emit({ profiles: [id] });
    },

    read_profile: async (id) => {
      const world = shared.world();
      const profile = need(id);
      need_vault();
      const open = open_change(world, id);
      if (open && open.state !== "requesting" && open.state !== "verifying" && open.state !== "planned") await check(world, open, { delay: shared.delay, emit: () => undefined });
      else await pause(shared.delay);
      profile.checked_at = iso(Date.now());
      profile.problem = null;
      if (profile.known === "never_checked") {
        profile.email = `${profile.label.toLowerCase().replace(/[^a-z0-9]+/g, "")}@oldname.example`;
        profile.known = "as_read";
      }
      shared.emit({ profiles: [id], changes: open ? [open.id] : [] });
      return view(profile);
    },

    check_address: async (profile_id, text) => {
      const profile = need(profile_id);
      const typed = text.trim();
      const wrong = wrong_address(typed);
      if (wrong) return { problem: wrong, doubts: [] };
      if (profile.email?.toLowerCase() === typed.toLowerCase() && profile.verified !== false) return { problem: problem("email_same", { service: service_of(profile.service).name }), doubts: [] };
      const doubts: Doubt[] = [];
      const [name, domain = ""] = typed.split("@");
      const near = well_known.find((known) => one_away(domain.toLowerCase(), known));
      if (near) doubts.push({ kind: "typo", suggestion: `${name}@${near}` });
      const other = [...shared.world().profiles.values()].find((one) => one.id !== profile_id && one.service === profile.service && one.email?.toLowerCase() === typed.toLowerCase());
      if (other) doubts.push({ kind: "used_by", label: other.label });
      const retry_at = too_soon(shared.world(), profile);
      if (retry_at) doubts.push({ kind: "too_soon", retry_at });
      return { problem: null, doubts };
    },
  };
}
