// The steps of a change as the panel tells them. Pure. Not here: how they are drawn (parts/Steps.svelte).
import type { ChangeView } from "../backend/types/ChangeView";
import type { ServiceView } from "../backend/types/ServiceView";
import type { StepView } from "../backend/types/StepView";
import { clock_time, date_time, has_text, t, text_of } from "../i18n";
import type { Step } from "../parts/Steps.svelte";

const looks = { done: "done", now: "now", to_come: "to_come", refused: "fail", unknown: "ask", void: "void" } as const;

function title(step: StepView, change: ChangeView, names: { service: string }): string {
  // It may be unknown although something was answered: a 502, a page of HTML.
  const answered = `panel.steps.${step.id}.unknown_answered`;
  if (step.state === "unknown" && change.problem?.status && has_text(answered)) return t(answered, names);
  const link = change.waits_for?.what === "link";
  if (step.id === "verify" && step.state === "now" && change.state === "verifying") return t("panel.steps.verify.sending", names);
  for (const key of link ? [`panel.steps.${step.id}.${step.state}_link`, `panel.steps.${step.id}.${step.state}`] : [`panel.steps.${step.id}.${step.state}`]) {
    if (has_text(key)) return t(key, names);
  }
  return t("panel.step_other", { step: step.id });
}

function hint(step: StepView, change: ChangeView, service: ServiceView | undefined, names: { service: string }): string | null {
  if (step.id === "request" && step.state === "now") return t("panel.one_minute");
  if (step.id === "request" && step.state === "done" && change.open) return text_of(service?.texts.after_request) || null;
  if (step.id === "verify" && step.state === "now" && change.state !== "verifying") return text_of(service?.texts.waiting) || null;
  if (step.id === "read" && (step.state === "to_come" || step.state === "now")) return service?.has_read ? t("panel.read_back_hint", names) : t("panel.no_read_back_hint", names);
  return null;
}

/** `now` in milliseconds. */
export function steps_of(change: ChangeView, service: ServiceView | undefined, now: number): Step[] {
  const names = { service: service?.name ?? change.service };
  return change.steps.map((step) => ({
    id: step.id,
    look: looks[step.state],
    title: title(step, change, names),
    hint: hint(step, change, service, names),
    time: step.at ? clock_time(step.at, now) : null,
    full_time: step.at ? date_time(step.at) : null,
  }));
}

/** Where a service's words come from: “Mannco.store, 14:21:05, HTTP 300”. */
export function quote_cite(change: ChangeView, service: string, now: number): string {
  const status = change.problem?.status;
  return [service, clock_time(change.updated_at, now), status ? t("app.http", { status: String(status) }) : null].filter(Boolean).join(", ");
}
