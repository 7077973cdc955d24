// Dialogs about one profile or one mailbox: which is open, and for whom.

export type ProfileDialog = "edit" | "keys" | "remove" | "cancel";

const open = $state<{ dialog: ProfileDialog | null; profile_id: string }>({ dialog: null, profile_id: "" });

export function open_profile_dialog(dialog: ProfileDialog, profile_id: string): void {
  open.profile_id = profile_id;
  open.dialog = dialog;
}

export function close_profile_dialog(): void {
  open.dialog = null;
}

export function profile_dialog(): { dialog: ProfileDialog | null; profile_id: string } {
  return open;
}

export type MailboxDialog = "add" | "edit" | "test" | "remove";

const mailbox = $state<{ dialog: MailboxDialog | null; id: string | null; address: string }>({ dialog: null, id: null, address: "" });

/** `address`: whose mail a new mailbox is to bring. `test`: the form of the mailbox, tried at once. */
export function open_mailbox_dialog(dialog: MailboxDialog, id: string | null = null, address = ""): void {
  Object.assign(mailbox, { dialog, id, address });
}

export function close_mailbox_dialog(): void {
  mailbox.dialog = null;
}

export function mailbox_dialog(): { dialog: MailboxDialog | null; id: string | null; address: string } {
  return mailbox;
}
