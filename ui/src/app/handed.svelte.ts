// Text pasted elsewhere that belongs to a change: handed to its code box. Not here: what it means.

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
