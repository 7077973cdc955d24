// Keys that work anywhere in the window. Keys of one list or one field are handled there.
import { app, go, routes } from "./app.svelte";
import { check_all } from "./check_all.svelte";
import { check_profile, open_draft } from "./changes.svelte";
import { focus_panel, focus_region } from "./focus";
import { take_paste } from "./paste_anywhere";
import { select_profile, selected_id } from "./profiles.svelte";

function editable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function dialog_open(): boolean {
  return document.querySelector("dialog[open]") !== null;
}

/** The new-email form of the selected profile, with its field in focus. */
export function new_email(): void {
  const id = selected_id();
  if (!id) return;
  go("profiles");
  open_draft(id);
  void focus_panel();
}

function with_control(event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase();
  if (key === "k") app.dialog = app.dialog === "palette" ? null : "palette";
  else if (dialog_open()) return false;
  else if (key === "n") app.dialog = "add";
  else if (key === "e") new_email();
  else if (key === ",") go("settings");
  else if (/^[1-9]$/.test(key) && routes[Number(key) - 1]) go(routes[Number(key) - 1] ?? "profiles");
  else return false;
  return true;
}

/** Ctrl Shift V: the clipboard lands in a field of its own, whose paste is then understood. */
function catch_paste(): void {
  const field = document.createElement("textarea");
  const before = document.activeElement;
  field.className = "vh";
  field.setAttribute("aria-hidden", "true");
  document.body.append(field);
  field.focus();
  const done = (): void => {
    field.remove();
    if (before instanceof HTMLElement && document.activeElement === document.body) before.focus();
  };
  field.addEventListener("paste", (event) => {
    event.preventDefault();
    event.stopPropagation();
    done();
    void take_paste(event.clipboardData?.getData("text/plain") ?? "");
  });
  setTimeout(done, 300);
}

function alone(event: KeyboardEvent): boolean {
  const typing = editable(event.target);
  if (event.key === "F6") focus_region(event.shiftKey ? -1 : 1);
  else if (event.key === "F5") {
    const id = selected_id();
    if (event.shiftKey) void check_all();
    else if (id) void check_profile(id);
  } else if (event.key === "Escape" && app.route === "profiles") {
    if (typing) (event.target as HTMLElement).blur();
    else select_profile(null);
  } else if (typing) return false;
  else if (event.key === "/") document.querySelector<HTMLElement>("[data-filter] input, input[data-filter]")?.focus();
  else if (event.key === "?") app.dialog = "keys";
  else return false;
  return true;
}

/** Windows' web view has a browser's keys: these would load the page again, with all that was typed gone, or save, print or show its source. */
function browser_key(event: KeyboardEvent): boolean {
  if (app.state?.platform !== "windows") return false;
  return event.key === "F5" || (event.ctrlKey && !event.altKey && /^[jopsru]$/i.test(event.key));
}

function on_key(event: KeyboardEvent): void {
  const free = !event.defaultPrevented && !event.isComposing;
  if (browser_key(event)) event.preventDefault();
  if (!free) return;
  const control = app.state?.platform === "macos" ? event.metaKey : event.ctrlKey;
  if (control && event.shiftKey && event.key.toLowerCase() === "v") return catch_paste();
  const taken = control && !event.altKey && !event.shiftKey ? with_control(event) : !control && !event.altKey && !dialog_open() && alone(event);
  if (taken) event.preventDefault();
}

function on_paste(event: ClipboardEvent): void {
  if (event.defaultPrevented || editable(event.target) || dialog_open()) return;
  event.preventDefault();
  void take_paste(event.clipboardData?.getData("text/plain") ?? "");
}

/** macOS' web view offers pasting outside a field only where the page says so: to it, preventing this event is saying so. */
function on_before_paste(event: Event): void {
  if (!editable(event.target) && !dialog_open()) event.preventDefault();
}

/** Listens until the returned function is called. */
export function listen_to_keys(): () => void {
  window.addEventListener("keydown", on_key);
  document.addEventListener("beforepaste", on_before_paste);
  document.addEventListener("paste", on_paste);
  return () => {
    window.removeEventListener("keydown", on_key);
    document.removeEventListener("beforepaste", on_before_paste);
    document.removeEventListener("paste", on_paste);
  };
}
