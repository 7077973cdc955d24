// Dialogs about one profile: which is open, and for whom.

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
