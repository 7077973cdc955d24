// Whether the page has broken its own content security policy: the real window tells, no test double does.
/* global ReportingObserver, document, window */

/** Handed to the page as a string. Takes what has happened before as well. */
function listen() {
  if (window.broken_policy) return;
  const broken = (window.broken_policy = []);
  document.addEventListener("securitypolicyviolation", (event) => broken.push(`${event.effectiveDirective}: ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`));
  if (typeof ReportingObserver === "function") {
    const early = new ReportingObserver((reports) => broken.push(...reports.map((report) => JSON.stringify(report.body))), { types: ["csp-violation"], buffered: true });
    early.observe();
    broken.push(...early.takeRecords().map((report) => JSON.stringify(report.body)));
  }
}

export function watch_policy(driver) {
  return driver.executeScript(`(${listen})()`);
}

/** What was blocked since `watch_policy`. A page that was loaded anew has forgotten it, so it is asked at the end of a flow. */
export function broken_policy(driver) {
  return driver.executeScript("return window.broken_policy ?? []");
}
