// One click on “Practice”: the window switches, the practice profile is there, its new address is filled in.
import { backend } from "../backend";
import { app, go, reload, take_state } from "./app.svelte";
import { forget_answer, open_draft } from "./changes.svelte";
import { profile_by_id, refresh_profile, select_profile } from "./profiles.svelte";

export async function start_practice(service: string): Promise<void> {
  const start = await backend().start_practice(service);
  const before = app.state?.mode;
  await take_state(await backend().get_app_state());
  if (before === app.state?.mode) await refresh_profile(start.profile_id);
  if (!profile_by_id(start.profile_id)) await reload();
  go("profiles");
  forget_answer(start.profile_id);
  if (!profile_by_id(start.profile_id)?.change?.open) open_draft(start.profile_id, start.suggested);
  select_profile(start.profile_id);
}
