// The fake's time: the page's own clock, which `?now=2026-11-20T14:04:00Z` sets (`&still` stops it).
// Not here: practice time, which each world moves for itself.

/** Makes Date.now tell the asked time in the whole page, so that countdowns in page and fake agree. */
export function set_clock(query: URLSearchParams): void {
  const wanted = query.get("now");
  if (wanted === null) return;
  const base = Date.parse(wanted);
  const started = performance.now();
  const still = query.has("still");
  Date.now = () => (still ? base : base + Math.round(performance.now() - started));
}

export function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
