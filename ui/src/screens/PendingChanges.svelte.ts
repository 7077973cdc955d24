// All open changes, what ends first on top, kept fresh by the backend's events while the screen is open.
// Not here: how they are drawn.
import { as_problem } from "../app/problem";
import { backend } from "../backend";
import type { ChangeView } from "../backend/types/ChangeView";
import type { Problem } from "../backend/types/Problem";

export class OpenChanges {
  list = $state.raw<ChangeView[]>([]);
  loaded = $state(false);
  problem = $state.raw<Problem | null>(null);
  private run = 0;
  private again = false;
  private reading = false;

  /** Reads the list; a change that comes while it is being read makes one more reading, not many. */
  async read(): Promise<void> {
    if (this.reading) {
      this.again = true;
      return;
    }
    this.reading = true;
    const mine = ++this.run;
    try {
      do {
        // Hundreds of codes may arrive at once: they are read a few times a second.
        if (this.again) await new Promise((go) => setTimeout(go, 250));
        this.again = false;
        const list = await backend().list_open_changes();
        if (mine !== this.run) return;
        this.list = list;
        this.problem = null;
      } while (this.again);
    } catch (thrown) {
      this.problem = as_problem(thrown);
    } finally {
      this.reading = false;
      this.loaded = true;
    }
  }

  /** Starts reading and listening; returns how to stop. */
  watch(): () => void {
    void this.read();
    return backend().on_changed((changed) => {
      if (changed.all || changed.changes.length > 0 || changed.profiles.length > 0) void this.read();
    });
  }
}
