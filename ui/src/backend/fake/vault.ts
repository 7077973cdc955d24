// The faked vault: states and refusals, nothing is encrypted.
// Not here: which calls need it (index.ts).
import type { VaultKind } from "../types/VaultKind";
import type { VaultView } from "../types/VaultView";
import { problem } from "./problem";

export const PASSPHRASE = "four words in a row";

export class FakeVault {
  private passphrase = PASSPHRASE;

  constructor(
    private kind: VaultKind,
    private open: boolean,
    private keychain: boolean,
  ) {}

  view(): VaultView {
    return { kind: this.kind, state: this.kind === "unset" ? "unset" : this.open ? "open" : "locked", problem: null, keychain_works: this.keychain };
  }

  /** Rejects like a call that needs a secret. */
  need(): void {
    if (this.kind === "unset") throw problem("vault_unset");
    if (!this.open) throw problem("vault_locked");
  }

  locked(): boolean {
    return !this.open;
  }

  set(kind: "keychain" | "passphrase", passphrase: string | null): VaultView {
    if (kind === "keychain" && !this.keychain) throw problem("keychain_missing", { reason: "no_service" });
    if (kind === "passphrase") {
      if ((passphrase ?? "").length < 8) throw problem("passphrase_too_short");
      this.passphrase = passphrase ?? "";
    }
    this.kind = kind;
    this.open = true;
    return this.view();
  }

  unlock(passphrase: string | null): VaultView {
    if (this.kind === "passphrase" && passphrase !== this.passphrase) throw problem("passphrase_wrong");
    this.open = true;
    return this.view();
  }

  lock(): VaultView {
    this.open = false;
    return this.view();
  }

  /** Another key: a passphrase has to wrap it anew. */
  renew(passphrase: string | null): VaultView {
    this.need();
    if (this.kind === "passphrase" && passphrase !== this.passphrase) throw problem("passphrase_wrong");
    return this.view();
  }

  change(current: string, next: string): VaultView {
    if (current !== this.passphrase) throw problem("passphrase_wrong");
    return this.set("passphrase", next);
  }
}
