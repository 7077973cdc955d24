// GitHub's packages import their schemas as JSON without saying so, which bundlers take and Node refuses.
export function load(url, context, next) {
  return next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context);
}
