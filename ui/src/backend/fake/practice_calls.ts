// The contract's calls about practice: its own world, its own mailbox.
// Not here: the mails' texts (mails.ts).
import type { Backend } from "../backend";
import { iso } from "./clock";
import { add_profile } from "./seeds";
import { service_of } from "./services";
import type { Shared } from "./shared";
import { new_world, open_change } from "./world";

type Calls = Pick<Backend, "open_practice" | "leave_practice" | "start_practice" | "list_practice_mails" | "pass_practice_time" | "remove_practice_data">;

const labels: Record<string, string> = { "z-api": "Practice line", webshare: "Practice pool", "mannco-store": "Practice desk" };

export function create_practice_calls(shared: Shared): Calls {
  function enter(mode: Shared["mode"]): void {
    if (shared.mode === mode) return;
    shared.mode = mode;
    shared.emit_state();
  }

  return {
    open_practice: async () => {
      enter("practice");
      return shared.state();
    },
    leave_practice: async () => {
      enter("real");
      return shared.state();
    },
    start_practice: async (id) => {
      const world = shared.practice;
      const service = service_of(id);
      const found = [...world.profiles.values()].find((profile) => profile.service === id);
      const profile = found ?? add_profile(world, { label: labels[id] ?? service.name, service: id, email: "before@practice.example", known: id === "z-api" ? "verified" : "as_read", checked: 0, secrets: { token: "t".repeat(32), api_key: "k".repeat(40), password: "p".repeat(12) } });
      enter("practice");
      shared.emit({ profiles: [profile.id] });
      return { profile_id: profile.id, suggested: open_change(world, profile.id)?.to ?? (profile.email === "after@practice.example" ? "before@practice.example" : "after@practice.example") };
    },
    list_practice_mails: async () => shared.practice.mails.slice(),
    pass_practice_time: async (seconds) => {
      // As in the core: what is dated moves, the clock does not.
      for (const change of shared.practice.changes.values()) {
        for (const time of ["requested_at", "expires_at", "resend_at", "retry_at"] as const) {
          const at = change[time];
          if (at !== null) change[time] = iso(Date.parse(at) - seconds * 1000);
        }
      }
      shared.emit({ all: true });
    },
    remove_practice_data: async () => {
      Object.assign(shared.practice, new_world());
      shared.emit({ all: true });
    },
  };
}
