// Text pasted elsewhere that belongs to a change: handed to its code box; a mail file that looks for its change: handed to the paste box.
// Not here: what it means.

const handed = $state<{ change_id: string | null; text: string }>({ change_id: null, text: "" });

export function hand_text(change_id: string, text: string): void {
  handed.text = text;
  handed.change_id = change_id;
}

/** The text for this change, once. */
export function take_handed_text(change_id: string): string | null {
  if (handed.change_id !== change_id) return null;
  handed.change_id = null;
  return handed.text;
}

let file = $state.raw<{ name: string; text: string } | null>(null);

export function hand_file(given: { name: string; text: string }): void {
  file = given;
}

/** The file for the paste box, once. */
export function take_handed_file(): { name: string; text: string } | null {
  const given = file;
  if (given) file = null;
  return given;
}
