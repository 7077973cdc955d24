// What is done and can be undone, for six seconds. Never for errors.

export interface Toast {
  id: number;
  text: string;
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
