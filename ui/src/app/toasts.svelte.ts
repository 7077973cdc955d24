// What is done and can be undone, for six seconds; and what was not taken. Never for errors of a call.

export interface Toast {
  id: number;
  text: string;
  /** Nothing was done. */
  plain?: boolean;
  action?: { label: string; run: () => void };
}

const shown = $state<{ list: Toast[] }>({ list: [] });
let last = 0;

export function toasts(): Toast[] {
  return shown.list;
}

export function say(text: string, action?: Toast["action"]): void {
  last += 1;
  shown.list = [...shown.list.slice(-2), { id: last, text, ...(action ? { action } : {}) }];
}

export function drop_toast(id: number): void {
  shown.list = shown.list.filter((toast) => toast.id !== id);
}

/** Says that nothing was done, and why. */
export function note(text: string): void {
  last += 1;
  shown.list = [...shown.list.slice(-2), { id: last, text, plain: true }];
}
