// “Check all”: every profile whose service can be read, a few at a time, and it can be stopped.
import { backend } from "../backend";
import { t } from "../i18n";
import { service_of } from "./app.svelte";
import { call } from "./call.svelte";
import { as_problem } from "./problem";
import { profiles, take_profile } from "./profiles.svelte";
import { say } from "./toasts.svelte";

const at_once = 4;
const run = $state({ total: 0, done: 0, stopped: false });

/** Null while none is under way. */
export function check_progress(): { done: number; total: number } | null {
  return run.total > 0 ? { done: run.done, total: run.total } : null;
}

export function stop_checking(): void {
  run.stopped = true;
}

export async function check_all(): Promise<void> {
  if (run.total > 0) return;
  const todo = profiles().filter((profile) => service_of(profile.service)?.has_read).map((profile) => profile.id);
  if (todo.length === 0) return;
  Object.assign(run, { total: todo.length, done: 0, stopped: false });
  const worker = async (): Promise<void> => {
    for (let id = todo.shift(); id !== undefined && !run.stopped; id = todo.shift()) {
      try {
        const wanted = id;
        take_profile(await call(() => backend().read_profile(wanted)));
      } catch (thrown) {
        // A locked vault that stays locked would be asked for once per profile.
        if (as_problem(thrown).code.startsWith("vault_")) run.stopped = true;
      }
      run.done += 1;
    }
  };
  await Promise.all(Array.from({ length: at_once }, worker));
  say(t("profiles.checked_all", { n: run.done }));
  run.total = 0;
}
