// Tells the shell, once, that the first screen is painted: it shows the window by that, and a measurement ends with it.
// Not here: when there is something to paint (App.svelte).
import { backend } from "../backend";

let told = false;

/** After the frame that shows what is there now: a frame is asked for, and its paint waited for. */
export function tell_ready(): void {
  if (told) return;
  told = true;
  const tell = (): void => void setTimeout(() => {
    try {
      backend().page_ready().catch(() => undefined);
    } catch {
      // Without a backend nobody is there to be told.
    }
  }, 0);
  // A hidden window gets no frames, and would wait for ever to be shown.
  if (document.hidden) tell();
  else requestAnimationFrame(tell);
}
