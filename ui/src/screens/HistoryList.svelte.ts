// The pages of the history under a filter, the counts of its states, and the change that is open in the panel.
// Not here: how they are drawn.
import { as_problem } from "../app/problem";
import { backend } from "../backend";
import type { ChangeView } from "../backend/types/ChangeView";
import type { HistoryFilter } from "../backend/types/HistoryFilter";
import type { Problem } from "../backend/types/Problem";
import type { State } from "../backend/types/State";

const PAGE = 100;
/** The ends that have a chip. */
export const counted: readonly State[] = ["changed", "refused", "unknown", "expired", "cancelled"];

export class HistoryList {
  items = $state.raw<ChangeView[]>([]);
  total = $state(0);
  counts = $state.raw<Partial<Record<State | "all", number>>>({});
  loaded = $state(false);
  reading = $state(false);
  problem = $state.raw<Problem | null>(null);
  opened = $state.raw<ChangeView | null>(null);
  private filter: HistoryFilter = { text: null, service: null, state: null, profile_id: null };
  private next: string | null = null;
  private run = 0;

  /** Reads from the start; as many as were shown, so that the place in the list is kept. */
  async read(filter: HistoryFilter, at_least = PAGE): Promise<void> {
    const mine = ++this.run;
    this.filter = filter;
    this.reading = true;
    try {
      const page = await backend().list_history(filter, null, Math.max(PAGE, at_least));
      if (mine !== this.run) return;
      [this.items, this.next, this.total, this.problem] = [page.items, page.next, page.total, null];
      this.loaded = true;
      await this.count(mine);
    } catch (thrown) {
      if (mine === this.run) this.problem = as_problem(thrown);
    } finally {
      if (mine === this.run) this.reading = false;
    }
  }

  private async count(mine: number): Promise<void> {
    const of = async (state: State | null): Promise<number> => (await backend().list_history({ ...this.filter, state }, null, 1)).total;
    const [all, ...each] = await Promise.all([of(null), ...counted.map(of)]);
    if (mine !== this.run) return;
    this.counts = { all, ...Object.fromEntries(counted.map((state, i) => [state, each[i]])) };
  }

  async more(): Promise<void> {
    if (this.next === null || this.reading) return;
    const mine = this.run;
    this.reading = true;
    try {
      const page = await backend().list_history(this.filter, this.next, PAGE);
      if (mine !== this.run) return;
      this.items = this.items.concat(page.items);
      this.next = page.next;
    } catch (thrown) {
      this.problem = as_problem(thrown);
    } finally {
      if (mine === this.run) this.reading = false;
    }
  }

  has_more(): boolean {
    return this.next !== null;
  }

  async open(id: string): Promise<void> {
    try {
      this.opened = await backend().get_change(id);
    } catch (thrown) {
      this.problem = as_problem(thrown);
    }
  }

  watch(): () => void {
    return backend().on_changed((changed) => {
      if (!changed.all && changed.changes.length === 0) return;
      void this.read(this.filter, this.items.length);
      const id = this.opened?.id;
      if (id && (changed.all || changed.changes.includes(id))) void this.open(id);
    });
  }
}
