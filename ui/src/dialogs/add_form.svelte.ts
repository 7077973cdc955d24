// The form of a new profile: what was typed, pasted, tested, and what is wrong with it. Not here: how it looks.
import { app, load_services, service_of } from "../app/app.svelte";
import { call } from "../app/call.svelte";
import { as_problem } from "../app/problem";
import { backend } from "../backend";
import type { NewProfile } from "../backend/backend";
import type { PastedProfile } from "../backend/types/PastedProfile";
import type { Problem } from "../backend/types/Problem";
import type { ProfileView } from "../backend/types/ProfileView";
import type { ReadView } from "../backend/types/ReadView";
import { t, text_of } from "../i18n";

class AddForm {
  service = $state("");
  label = $state("");
  fields = $state<Record<string, string>>({});
  secrets = $state<Record<string, string>>({});
  base_url = $state("");
  understood = $state.raw<PastedProfile | null>(null);
  paste_problem = $state.raw<Problem | null>(null);
  problem = $state.raw<Problem | null>(null);
  errors = $state<Record<string, string>>({});
  read = $state.raw<ReadView | null>(null);
  read_millis = $state(0);
  busy = $state<"" | "test" | "save" | "look">("");
  #asked = 0;

  constructor() {
    if (app.services.length === 1) this.service = app.services[0]?.id ?? "";
  }

  /** The field that a problem is about, as far as this form shows it. */
  get problem_field(): string {
    const problem = this.problem;
    if (!problem) return "";
    if (problem.code === "label_taken" || problem.code === "label_invalid") return "label";
    if (problem.code === "base_url_invalid") return "base_url";
    const field = problem.params.field ?? "";
    return service_of(this.service)?.fields.some((one) => one.id === field) ? field : "";
  }

  /** A file of the user's own whose host was never looked at, and no address typed in its place. */
  get must_look(): boolean {
    const service = service_of(this.service);
    return service !== undefined && !service.accepted && !this.base_url.trim();
  }

  /** The host that is shown, and no other, is accepted. */
  async accept_host(): Promise<void> {
    const service = service_of(this.service);
    if (!service || this.busy) return;
    await this.#run("look", async () => {
      await backend().accept_service(service.id, service.host);
      await load_services();
    });
  }

  choose(id: string): void {
    if (id === this.service) return;
    this.service = id;
    if (this.understood && this.understood.service !== id) this.understood = null;
    this.problem = null;
    this.read = null;
    this.errors = {};
  }

  async paste(text: string): Promise<void> {
    const mine = ++this.#asked;
    try {
      const understood = await backend().read_pasted_profile(text);
      if (mine !== this.#asked) return;
      this.choose(understood.service);
      this.understood = understood;
      this.paste_problem = null;
      for (const [id, value] of Object.entries(understood.fields)) this.fields[id] = value;
      for (const id of Object.keys(understood.secrets)) delete this.secrets[id];
      if (understood.base_url) this.base_url = understood.base_url;
    } catch (thrown) {
      if (mine === this.#asked) this.paste_problem = as_problem(thrown);
    }
  }

  /** Typed rather than pasted: nothing is said until it makes sense. */
  async paste_typed(text: string): Promise<void> {
    if (text.trim().length < 8) {
      this.paste_problem = null;
      return;
    }
    await this.paste(text);
  }

  async test(): Promise<void> {
    if (this.busy || this.must_look || !this.#complete(false)) return;
    const started = performance.now();
    await this.#run("test", async () => {
      this.read = null;
      this.read = await backend().test_profile(this.#profile());
      this.read_millis = performance.now() - started;
    });
  }

  async save(): Promise<ProfileView | null> {
    if (this.busy || this.must_look || !this.#complete(true)) return null;
    let saved: ProfileView | null = null;
    await this.#run("save", async () => {
      saved = await backend().add_profile(this.#profile());
    });
    return saved;
  }

  async #run(name: "test" | "save" | "look", work: () => Promise<void>): Promise<void> {
    this.busy = name;
    this.problem = null;
    try {
      await call(work);
    } catch (thrown) {
      this.problem = as_problem(thrown);
    } finally {
      this.busy = "";
    }
  }

  #given(id: string): boolean {
    return Boolean(this.fields[id]?.trim() || this.secrets[id] || this.understood?.secrets[id] !== undefined);
  }

  #complete(with_label: boolean): boolean {
    const service = service_of(this.service);
    if (!service) return false;
    const errors: Record<string, string> = {};
    if (with_label && !this.label.trim()) errors.label = t("add.name_needed");
    const either = new Set(service.needs_one_of.length > 1 ? service.needs_one_of.flat() : []);
    for (const field of service.fields) {
      if (field.optional || field.ask_each_time || either.has(field.id) || this.#given(field.id)) continue;
      errors[field.id] = t("add.field_needed", { field: text_of(field.label) });
    }
    if (either.size > 0 && !service.needs_one_of.some((set) => set.every((id) => this.#given(id)))) {
      const fields = service.fields.filter((field) => either.has(field.id)).map((field) => text_of(field.label));
      const first = service.needs_one_of[0]?.[0];
      if (first) errors[first] = t("add.one_of_needed", { fields: fields.join(", ") });
    }
    this.errors = errors;
    return Object.keys(errors).length === 0;
  }

  #profile(): NewProfile {
    const known = new Set(service_of(this.service)?.fields.map((field) => field.id));
    const filled = (all: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(all).filter(([id, value]) => known.has(id) && value !== ""));
    return {
      service: this.service,
      label: this.label.trim(),
      fields: filled(this.fields),
      secrets: filled(this.secrets),
      base_url: this.base_url.trim() || null,
      draft: this.understood?.draft ?? null,
    };
  }
}

export function create_form(): AddForm {
  return new AddForm();
}
