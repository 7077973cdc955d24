// What the parts of the fake share. Not here: behaviour.
import type { AppState, Preferences } from "../backend";
import type { Changed } from "../types/Changed";
import type { MailboxView } from "../types/MailboxView";
import type { MailFindView } from "../types/MailFindView";
import type { ServiceView } from "../types/ServiceView";
import type { FakeVault } from "./vault";
import type { World } from "./world";

export interface Shared {
  mode: "real" | "practice";
  real: World;
  practice: World;
  vault: FakeVault;
  /** A file of the user's own is among the services. */
  own_service: boolean;
  /** Service files that were added. */
  added: ServiceView[];
  /** Milliseconds of an answer. */
  delay: number;
  clipboard: string;
  mailboxes: MailboxView[];
  finds: MailFindView[];
  preferences: () => Preferences;
  prefer: (part: Partial<Preferences>) => void;
  /** The world of the mode. */
  world: () => World;
  emit: (what: Partial<Changed>) => void;
  emit_state: () => void;
  state: () => AppState;
}
