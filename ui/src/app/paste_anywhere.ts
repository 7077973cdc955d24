// A paste outside of any field: a code finds its change, anything else opens the form for a new profile. Nothing is sent.
import { backend } from "../backend";
import { app, go } from "./app.svelte";
import { hand_text } from "./handed.svelte";
import { profiles, select_profile } from "./profiles.svelte";

export async function take_paste(text: string): Promise<void> {
  if (!text.trim()) return;
  const understood = await backend().understand_code(null, text).catch(() => null);
  const owner = understood?.change ? profiles().find((profile) => profile.change?.id === understood.change) : undefined;
  if (owner && understood?.change) {
    go("profiles");
    select_profile(owner.id);
    hand_text(understood.change, text);
    return;
  }
  const draft = await backend().read_pasted_profile(text).catch(() => null);
  if (!draft) return;
  go("profiles");
  app.pasted = text;
  app.dialog = "add";
}
