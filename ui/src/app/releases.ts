// The page of newer versions, opened in the browser because somebody asked. Readdress itself never looks there.
import { backend } from "../backend";
import { app } from "./app.svelte";

export async function open_releases(): Promise<void> {
  const page = app.state?.releases;
  if (page) await backend().open_link(page.url, page.host);
}
