// The contract's calls about backups: one file, kept in memory as it was exported, or one that is there from the start.
// Not here: any encryption.
import type { Backend } from "../backend";
import type { BackupProgress } from "../types/BackupProgress";
import type { BackupView } from "../types/BackupView";
import { iso } from "./clock";
import { problem } from "./problem";
import { seed } from "./scenarios";
import type { Shared } from "./shared";
import { is_end, log, new_world, type World } from "./world";

type Calls = Pick<Backend, "export_backup" | "choose_backup" | "restore_backup" | "on_backup_progress">;

/** Opens the file that is there from the start. */
export const BACKUP_PASSPHRASE = "four words for later";

interface File {
  name: string;
  passphrase: string;
  world: World;
  made_at: string;
}

function copy(world: World): World {
  return structuredClone(world);
}

function view(file: File): BackupView {
  const profiles = [...file.world.profiles.values()];
  const secrets = profiles.reduce((sum, profile) => sum + Object.keys(profile.secrets).length, 0);
  return { made_at: file.made_at, version: "0.1.0", profiles: profiles.length, secrets, changes: file.world.changes.size, services: 0 };
}

/** `?file=broken`: what is chosen is no backup. `?file=left`: the dialogs are left. */
export function create_backup_calls(shared: Shared, query: URLSearchParams): Calls {
  const listeners = new Set<(progress: BackupProgress) => void>();
  const tell = (done: number, total: number): void => listeners.forEach((listener) => listener({ done, total }));
  const wait = (): Promise<void> => new Promise((go) => setTimeout(go, shared.delay));
  const asked = query.get("file");
  let file: File | null = null;

  function first_file(): File {
    const world = new_world();
    seed(world, "mock");
    return { name: "readdress-2026-11-12.age", passphrase: BACKUP_PASSPHRASE, world, made_at: "2026-11-12T09:30:00.000Z" };
  }

  return {
    export_backup: async (passphrase) => {
      if (passphrase.length < 8) throw problem("passphrase_too_short");
      shared.vault.need();
      if (asked === "left") return null;
      if (asked === "broken") throw problem("disk_full", { reason: "backup" });
      tell(0, 100);
      await wait();
      tell(60, 100);
      await wait();
      file = { name: `readdress-${iso(Date.now()).slice(0, 10)}.age`, passphrase, world: copy(shared.real), made_at: iso(Date.now()) };
      return { file: file.name, backup: view(file) };
    },
    choose_backup: async () => (asked === "left" ? null : (file ??= first_file()).name),
    restore_backup: async (passphrase, replace) => {
      if (!file) throw problem("backup_invalid", { reason: "unreadable" });
      tell(0, 100);
      await wait();
      if (asked === "broken") throw problem("backup_invalid", { reason: "cut" });
      if (passphrase !== file.passphrase) throw problem("backup_passphrase_wrong");
      const here = shared.real;
      const backup = view(file);
      if (here.profiles.size + here.changes.size > 0 && !replace)
        throw problem("folder_not_empty", { made_at: file.made_at, profiles: `${backup.profiles}`, changes: `${backup.changes}`, profiles_here: `${here.profiles.size}`, changes_here: `${here.changes.size}` });
      shared.vault.need();
      tell(50, 100);
      await wait();
      Object.assign(here, copy(file.world));
      let unknown = 0;
      for (const change of here.changes.values()) {
        if (is_end(change)) continue;
        const was = change.state;
        log(change, "restored", { step: null, meaning: was });
        if (was === "planned") continue;
        Object.assign(change, { state: "unknown", problem: problem("restored"), retry_at: null });
        unknown += 1;
      }
      shared.emit({ all: true });
      shared.emit_state();
      return { backup, unknown, copy: replace ? "/home/someone/.local/share/readdress/copies/readdress-20261120.db" : null };
    },
    on_backup_progress: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
