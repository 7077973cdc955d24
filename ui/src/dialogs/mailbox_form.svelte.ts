// The form of a mailbox: what was typed, where the server was found, what the test said. Not here: how it looks.
import { call } from "../app/call.svelte";
import { read_serves } from "../app/mail_match";
import { load_mail } from "../app/mail.svelte";
import { as_problem } from "../app/problem";
import { backend } from "../backend";
import type { NewMailbox } from "../backend/backend";
import type { MailboxTestView } from "../backend/types/MailboxTestView";
import type { MailboxView } from "../backend/types/MailboxView";
import type { MailServerView } from "../backend/types/MailServerView";
import type { Problem } from "../backend/types/Problem";
import { t } from "../i18n";

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/;
const DEFAULT_PORT = { implicit: "993", starttls: "143" };

class MailboxForm {
  address = $state("");
  user = $state("");
  host = $state("");
  port = $state(DEFAULT_PORT.implicit);
  tls = $state<"implicit" | "starttls">("implicit");
  ca_file = $state<string | null>(null);
  serves = $state("");
  password = $state("");
  /** Host, port or login were typed, not found. */
  by_hand = $state(false);
  found = $state.raw<MailServerView | null>(null);
  asked = $state(false);
  tested = $state.raw<MailboxTestView | null>(null);
  problem = $state.raw<Problem | null>(null);
  errors = $state<Record<string, string>>({});
  busy = $state<"" | "ask" | "test" | "save">("");
  #run = 0;
  /** The address whose server was looked for last. */
  #looked = "";
  #finding: Promise<void> = Promise.resolve();
  /** What a test said holds for this alone. */
  #tested_for = "";

  constructor(readonly mailbox: MailboxView | null, address: string) {
    this.address = mailbox?.user ?? address;
    if (mailbox) {
      this.user = mailbox.user;
      this.host = mailbox.host;
      this.port = `${mailbox.port}`;
      this.tls = mailbox.tls;
      this.ca_file = mailbox.ca_file;
      this.serves = mailbox.serves.join("\n");
      this.by_hand = true;
    } else if (address) void this.find();
  }

  /** The provider cannot be served: said before a password is typed. */
  get blocked(): boolean {
    return this.as_found && (this.found?.note === "oauth_only" || this.found?.note === "no_imap");
  }

  /** A password is there already, and goes only where it was given for: the core's rule (`may_keep` in engine/mailboxes.rs). */
  get kept_password(): boolean {
    const { mailbox } = this;
    if (!mailbox?.has_password) return false;
    const weaker = mailbox.tls === "implicit" && this.tls === "starttls";
    const other_authority = this.ca_file !== null && this.ca_file !== mailbox.ca_file;
    return mailbox.host === this.host.trim() && `${mailbox.port}` === this.port.trim() && !weaker && !other_authority;
  }

  /** Nobody knows the server yet, or it is shown to be changed. */
  get unknown(): boolean {
    return this.found !== null && this.found.host === null && this.found.note !== "no_imap";
  }

  get works(): boolean {
    return this.tested?.works === true;
  }

  /** Which field a problem is about, as far as this form shows it. */
  get problem_field(): string {
    if (this.problem?.code === "mail_password_needed") return "password";
    if (this.problem?.code !== "mailbox_invalid") return "";
    const field = this.problem.params.field ?? "";
    return ["user", "host", "port", "serves", "password"].includes(field) ? field : "";
  }

  /** As the address is typed: the table alone is asked, nobody over the net. */
  find(): Promise<void> {
    const address = this.address.trim();
    if (address === this.#looked) return this.#finding;
    this.#looked = address;
    this.asked = false;
    this.#finding = this.#find(address);
    return this.#finding;
  }

  async #find(address: string): Promise<void> {
    const mine = ++this.#run;
    if (!ADDRESS.test(address)) {
      this.found = null;
      return;
    }
    const found = await backend().find_mail_server(address, false).catch(() => null);
    if (mine === this.#run) this.#take(found);
  }

  /** The user said that these hosts may be asked. */
  async ask(): Promise<void> {
    if (this.busy) return;
    const mine = ++this.#run;
    await this.#do("ask", async () => {
      const found = await backend().find_mail_server(this.address.trim(), true);
      this.asked = true;
      if (mine === this.#run) this.#take(found);
    });
  }

  #take(found: MailServerView | null): void {
    this.found = found;
    if (!found || this.by_hand) return;
    this.host = found.host ?? "";
    this.port = `${found.port}`;
    this.tls = found.tls;
    this.user = found.user;
  }

  /** Host, port, TLS or login are the user's own from here on; an emptied host is found again. */
  typed(): void {
    this.by_hand = this.host.trim() !== "";
  }

  /** What was found about the provider holds for the server that stands here. */
  get as_found(): boolean {
    return this.found !== null && (!this.by_hand || this.found.host === this.host.trim());
  }

  choose_tls(next: string): void {
    const tls = next === "starttls" ? "starttls" : "implicit";
    // The usual port follows, one of one's own stays.
    if (this.port === DEFAULT_PORT[this.tls] || !this.port) this.port = DEFAULT_PORT[tls];
    this.tls = tls;
    this.typed();
  }

  async choose_ca(): Promise<void> {
    await this.#do("", async () => {
      this.ca_file = (await backend().choose_ca_file()) ?? this.ca_file;
    });
  }

  async test(): Promise<void> {
    if (this.busy || this.blocked || !this.#complete()) return;
    await this.#do("test", async () => {
      this.tested = null;
      this.#tested_for = this.#typed();
      this.tested = await backend().test_mailbox(this.mailbox?.id ?? null, this.#mailbox());
    });
  }

  /** What was tested is no longer what stands here. */
  changed(): void {
    if (this.errors.password && (this.password || this.kept_password)) delete this.errors.password;
    if (this.tested && this.#tested_for !== this.#typed()) this.tested = null;
  }

  async save(): Promise<MailboxView | null> {
    if (this.busy || this.blocked || !this.#complete()) return null;
    let saved: MailboxView | null = null;
    await this.#do("save", async () => {
      const { mailbox } = this;
      saved = mailbox ? await backend().edit_mailbox(mailbox.id, this.#mailbox()) : await backend().add_mailbox(this.#mailbox());
      this.password = "";
      await load_mail();
    });
    return saved;
  }

  #typed(): string {
    return [this.host.trim(), this.port, this.tls, this.user.trim(), this.ca_file, this.password].join("\n");
  }

  async #do(name: typeof this.busy, work: () => Promise<void>): Promise<void> {
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

  #complete(): boolean {
    const errors: Record<string, string> = {};
    const port = Number(this.port);
    if (!this.mailbox && !ADDRESS.test(this.address.trim())) errors.address = t("mail.address_needed");
    if (!this.host.trim()) errors.host = t("mail.host_needed");
    if (!Number.isInteger(port) || port < 1 || port > 65_535) errors.port = t("mail.port_needed");
    if (!this.user.trim() && (this.mailbox || this.by_hand)) errors.user = t("mail.user_needed");
    if (!this.password && !this.kept_password) errors.password = t("mail.password_needed");
    this.errors = errors;
    return Object.keys(errors).length === 0;
  }

  #mailbox(): NewMailbox {
    const user = this.user.trim() || this.address.trim();
    const typed = read_serves(this.serves);
    const address = this.address.trim();
    // The address that was typed first gets its mail here, whatever the login is called.
    const serves = !this.mailbox && address && (typed.length > 0 || address !== user) ? [...new Set([address, ...typed])] : typed;
    return { user, host: this.host.trim(), port: Number(this.port), tls: this.tls, ca_file: this.ca_file, serves, password: this.password || null };
  }
}

export type { MailboxForm };

export function create_mailbox_form(mailbox: MailboxView | null, address: string): MailboxForm {
  return new MailboxForm(mailbox, address);
}
