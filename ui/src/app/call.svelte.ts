// Calls that may need the vault: when it is locked or not set up, a dialog asks, and the call is repeated.
import { backend } from "../backend";
import type { VaultKind } from "../backend/types/VaultKind";
import type { Problem } from "../backend/types/Problem";
import { as_problem } from "./problem";

interface Question {
  problem: Problem;
  answer: (opened: boolean) => void;
}

/** The question that the vault dialog shows now. */
export const vault_question = $state<{ now: Question | null }>({ now: null });

let asked: Promise<boolean> | undefined;

function ask(problem: Problem): Promise<boolean> {
  asked ??= new Promise<boolean>((answer) => {
    vault_question.now = { problem, answer };
  }).finally(() => {
    vault_question.now = null;
    asked = undefined;
  });
  return asked;
}

/** Opens the vault where nothing but that is wanted; resolves to whether it is open. */
export async function open_vault(problem: Problem, kind: VaultKind | undefined): Promise<boolean> {
  if (kind === "passphrase" || problem.code === "vault_unset") return ask(problem);
  await backend().unlock_vault(null);
  return true;
}

/** Runs `work`; asks for the vault as often as it is missing. Rejects with a `Problem`. */
export async function call<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (thrown) {
      const problem = as_problem(thrown);
      if (problem.code !== "vault_locked" && problem.code !== "vault_unset") throw problem;
      if (!(await ask(problem))) throw problem;
    }
  }
}
