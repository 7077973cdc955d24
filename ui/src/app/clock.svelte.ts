// The page's clock: one tick a second for every countdown. Practice time runs ahead by what was passed.

const ticking = $state({ now: Date.now(), ahead: 0 });

setInterval(() => {
  ticking.now = Date.now() + ticking.ahead;
}, 1000);

/** Milliseconds since 1970, in practice with the time that was passed there. Reactive. */
export function now(): number {
  return ticking.now;
}

/** Seconds by which practice runs ahead; zero when practice is left. */
export function set_ahead(seconds: number): void {
  ticking.ahead = seconds * 1000;
  ticking.now = Date.now() + ticking.ahead;
}

export function pass_ahead(seconds: number): void {
  set_ahead(ticking.ahead / 1000 + seconds);
}
