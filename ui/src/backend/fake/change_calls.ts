// The contract's calls about changes. Not here: what they do (changes.ts).
import type { Backend } from "../backend";
import type { HistoryFilter } from "../types/HistoryFilter";
import { cancel, need_change, request, resend, settle, submit, type Surroundings } from "./changes";
import { understand } from "./paste";
import { preview } from "./preview";
import { problem } from "./problem";
import { service_of } from "./services";
import type { Shared } from "./shared";
import { change_view, is_end, type Change } from "./world";

type Calls = Pick<
  Backend,
  "preview_step" | "copy_curl" | "request_change" | "understand_code" | "submit_code" | "resend_code" | "cancel_change" | "settle_change" | "list_open_changes" | "list_history" | "get_change" | "export_history"
>;

export function create_change_calls(shared: Shared): Calls {
  const around: Surroundings = {
    get delay() {
      return shared.delay;
    },
    emit: (change) => shared.emit({ changes: [change.id], profiles: change.profile_id ? [change.profile_id] : [] }),
  };

  function need_profile(id: string): NonNullable<ReturnType<ReturnType<Shared["world"]>["profiles"]["get"]>> {
    const found = shared.world().profiles.get(id);
    if (!found) throw problem("profile_unknown", { label: id });
    return found;
  }

  function need_vault(): void {
    if (shared.mode === "real") shared.vault.need();
  }

  const view = (change: Change): ReturnType<typeof change_view> => change_view(change, true);

  /** The time by which a change has to be looked at; those without one come after. */
  function ends(change: Change): number {
    return Date.parse(change.expires_at ?? change.retry_at ?? "9999-01-01T00:00:00Z");
  }

  function waiting(): Change[] {
    return [...shared.world().changes.values()].filter((change) => change.state === "awaiting_code" || change.state === "unknown").sort((a, b) => ends(a) - ends(b));
  }

  function fits(change: Change, filter: HistoryFilter): boolean {
    const text = filter.text?.toLowerCase();
    if (text && ![change.profile, change.from ?? "", change.to, service_of(change.service).name].some((one) => one.toLowerCase().includes(text))) return false;
    if (filter.service && filter.service !== change.service) return false;
    if (filter.profile_id && filter.profile_id !== change.profile_id) return false;
    return !filter.state || change_view(change, false).state === filter.state;
  }

  return {
    preview_step: async (profile_id, step, value) => preview(need_profile(profile_id), step, value),
    copy_curl: async (profile_id, step, value) => {
      shared.clipboard = preview(need_profile(profile_id), step, value).curl;
    },

    request_change: async (asked) => {
      const profile = need_profile(asked.profile_id);
      need_vault();
      const service = service_of(profile.service);
      const each = service.fields.find((field) => field.ask_each_time);
      if (each && !profile.secrets[each.id] && !asked.secrets[each.id]) throw problem("field_missing", { field: each.label.en ?? each.id, service: service.name });
      return view(await request(shared.world(), profile, asked, around));
    },

    understand_code: async (change_id, text) => {
      if (change_id === null) return understand(text, waiting());
      const change = need_change(shared.world(), change_id);
      const found = understand(text, [change]);
      if (found.problem?.code === "link_other_service") found.problem.params.service = service_of(change.service).name;
      return found;
    },

    submit_code: async (change_id, text) => {
      const change = need_change(shared.world(), change_id);
      need_vault();
      // Empty: the value that was given before and is kept.
      const understood = understand(text || (change.value ?? ""), [change]);
      if (understood.value === null) throw understood.problem ?? problem("code_not_found");
      await submit(shared.world(), change, understood.value, around);
      return view(change);
    },

    resend_code: async (change_id) => {
      const change = need_change(shared.world(), change_id);
      need_vault();
      await resend(shared.world(), change, around);
      return view(change);
    },
    cancel_change: async (change_id) => {
      const change = need_change(shared.world(), change_id);
      await cancel(change, around);
      return view(change);
    },
    settle_change: async (change_id, how) => {
      const change = need_change(shared.world(), change_id);
      need_vault();
      await settle(shared.world(), change, how, around);
      return view(change);
    },

    list_open_changes: async () =>
      [...shared.world().changes.values()]
        .filter((change) => !is_end(change))
        .sort((a, b) => ends(a) - ends(b) || a.created_at.localeCompare(b.created_at))
        .map((change) => change_view(change, false)),

    list_history: async (filter, after, limit) => {
      const all = [...shared.world().changes.values()].filter((change) => fits(change, filter)).sort((a, b) => b.created_at.localeCompare(a.created_at));
      const from = after === null ? 0 : Number(after);
      return { items: all.slice(from, from + limit).map((change) => change_view(change, false)), next: from + limit < all.length ? String(from + limit) : null, total: all.length };
    },
    get_change: async (id) => view(need_change(shared.world(), id)),
    export_history: async () => `readdress-history-${new Date(Date.now()).toISOString().slice(0, 10)}.csv`,
  };
}
