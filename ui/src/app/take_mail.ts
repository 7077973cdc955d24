// Files that were dropped on the window or opened: a mail goes to the selected change, else into the paste box of Pending. Nothing is sent.
// Not here: the drop itself (DropMail.svelte).
import { bytes_text, t } from "../i18n";
import { app, go } from "./app.svelte";
import { hand_file, hand_text } from "./handed.svelte";
import { LARGEST, read_mail_file, type MailFile } from "./mail_file";
import { profile_by_id, selected_id } from "./profiles.svelte";
import { note } from "./toasts.svelte";

/** Why a file was not taken, by its name. */
function refusal(file: Extract<MailFile, { refused: string }>): string {
  if (file.refused === "large") return t("mail.file_large", { name: file.name, size: bytes_text(LARGEST) });
  return t(file.refused === "kind" ? "mail.file_other" : "mail.file_unreadable", { name: file.name });
}

/** `here`: the paste box that asked for it; nothing else is looked at then. */
export async function take_files(files: readonly File[], here = false): Promise<void> {
  let taken = false;
  for (const file of files.slice(0, 20)) {
    const read = await read_mail_file(file);
    if ("refused" in read) note(refusal(read));
    else if (taken) note(t("mail.file_one", { name: read.name }));
    else {
      taken = true;
      give(read, here);
    }
  }
}

/** The text of a mail file that was read elsewhere. */
export function take_text(file: { name: string; text: string }): void {
  give(file, false);
}

function give(file: { name: string; text: string }, here: boolean): void {
  const change = profile_by_id(selected_id())?.change;
  if (!here && app.route === "profiles" && change?.open && change.can.submit && change.state !== "unknown") return hand_text(change.id, file.text);
  go("pending");
  hand_file(file);
}
