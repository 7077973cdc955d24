// A service's limits in words. Pure; not here: who counts them (the engine, from the journal).
import type { LimitView } from "../backend/types/LimitView";
import type { ServiceView } from "../backend/types/ServiceView";
import { span_exact, t } from "../i18n";

/** “one request in 5 min per profile” */
export function limit_text(limit: LimitView): string {
  return t(limit.of === "service" ? "settings.limit_service" : "settings.limit_profile", { n: limit.max, time: span_exact(limit.per * 1000) });
}

/** The limit that is met first: the fewest calls a second. */
export function tightest(service: ServiceView): LimitView | undefined {
  return service.limits.toSorted((a, b) => a.max / a.per - b.max / b.per)[0];
}
