// Every profile of this mode, in the order of the list, kept fresh by the backend's events. Not here: how they are shown.
import { backend } from "../backend";
import type { ProfileView } from "../backend/types/ProfileView";
import { as_problem } from "./problem";

const page_size = 500;

let list = $state.raw<ProfileView[]>([]);
let at = new Map<string, number>();
const view = $state<{ loaded: boolean; total: number; selected: string | null }>({ loaded: false, total: 0, selected: null });
let run = 0;

export function profiles(): ProfileView[] {
  return list;
}

/** False until the first page is here. */
export function profiles_loaded(): boolean {
  return view.loaded;
}

/** The profile that the panel shows. */
export function selected_id(): string | null {
  return view.selected;
}

export function select_profile(id: string | null): void {
  view.selected = id;
}

export function profile_by_id(id: string | null): ProfileView | undefined {
  return list[at.get(id ?? "") ?? -1];
}

function take(items: ProfileView[]): void {
  at = new Map(items.map((profile, index) => [profile.id, index]));
  list = items;
}

/** Reads all pages; the list is usable from the first one on. */
export async function load_profiles(): Promise<void> {
  const mine = ++run;
  let items: ProfileView[] = [];
  let after: string | null = null;
  do {
    const page: { items: ProfileView[]; next: string | null; total: number } = await backend().list_profiles(after, page_size);
    if (mine !== run) return;
    items = items.concat(page.items);
    after = page.next;
    view.total = page.total;
    if (items.length >= list.length || after === null) take(items);
    view.loaded = true;
  } while (after !== null);
  if (view.selected && !at.has(view.selected)) view.selected = null;
}

/** Puts a fresh view in its place; a new one goes to where its label belongs. */
function put(items: ProfileView[], profile: ProfileView): void {
  const place = items.findIndex((other) => other.id === profile.id);
  if (place >= 0 && items[place]?.label === profile.label) items[place] = profile;
  else {
    if (place >= 0) items.splice(place, 1);
    const before = items.findIndex((other) => other.label.localeCompare(profile.label) > 0);
    items.splice(before < 0 ? items.length : before, 0, profile);
  }
}

export function take_profile(profile: ProfileView): void {
  const items = list.slice();
  put(items, profile);
  take(items);
}

export function drop_profile(id: string): void {
  take(list.filter((profile) => profile.id !== id));
  if (view.selected === id) view.selected = null;
}

/** Asks again for one profile; one that is gone leaves the list. */
export async function refresh_profile(id: string): Promise<void> {
  try {
    take_profile(await backend().get_profile(id));
  } catch (thrown) {
    if (as_problem(thrown).code === "profile_unknown") drop_profile(id);
  }
}

/** The same for several, with one new list. */
async function refresh_profiles(ids: string[]): Promise<void> {
  if (ids.length === 1 && ids[0]) return refresh_profile(ids[0]);
  const mine = run;
  const gone = new Set<string>();
  const read = (id: string): Promise<ProfileView | null> =>
    backend().get_profile(id).catch((thrown: unknown) => {
      if (as_problem(thrown).code === "profile_unknown") gone.add(id);
      return null;
    });
  const fresh = await Promise.all(ids.map(read));
  if (mine !== run) return;
  const items = list.filter((profile) => !gone.has(profile.id));
  for (const profile of fresh) if (profile) put(items, profile);
  take(items);
  if (view.selected && gone.has(view.selected)) view.selected = null;
}

export function watch_profiles(): () => void {
  return backend().on_changed((changed) => {
    if (changed.all || changed.profiles.length > 50) void load_profiles();
    else void refresh_profiles(changed.profiles);
  });
}
