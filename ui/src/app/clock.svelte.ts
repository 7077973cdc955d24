// The page's clock: one tick a second for every countdown. Passing time in practice moves what is dated, never this clock.

const ticking = $state({ now: Date.now() });

setInterval(() => {
  ticking.now = Date.now();
}, 1000);

/** Milliseconds since 1970. Reactive. */
export function now(): number {
  return ticking.now;
}
