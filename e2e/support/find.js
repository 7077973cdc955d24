// Runs in the page: finds one visible control by its role and name, as a person with a screen reader would.
// Not here: waiting and acting (window.js).
/* global document */

/** Handed to the page as a string, so it uses nothing from outside itself. */
export function find_in_page(role, name, within) {
  const roles = {
    button: "button, [role=button]",
    link: "a[href], [role=link]",
    textbox: "input:not([type=radio], [type=checkbox], [type=range]), textarea",
    radio: "input[type=radio], [role=radio]",
    combobox: "select, [role=combobox]",
    region: "aside, section[aria-label], section[aria-labelledby], dialog, [role=dialog], [role=region]",
    heading: "h1, h2, h3",
  };
  const squeeze = (text) => (text ?? "").replace(/\s+/g, " ").trim();
  const said = (element) => {
    const copy = element.cloneNode(true);
    for (const silent of copy.querySelectorAll("kbd, svg, [aria-hidden=true]")) silent.remove();
    return squeeze(copy.textContent);
  };
  const names = (element) => {
    const labelled = (element.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean);
    return [
      element.getAttribute("aria-label"),
      labelled.map((id) => said(document.getElementById(id) ?? element)).join(" "),
      ...Array.from(element.labels ?? [], said),
      said(element),
    ].map(squeeze);
  };
  const fits = (element) => names(element).some((one) => one === name || one.startsWith(`${name} `));
  const visible = (element) => element.getClientRects().length > 0;
  const candidates = Array.from((within ?? document).querySelectorAll(roles[role])).filter((one) => fits(one));
  // A radio may be drawn by its label, with nothing of its own to press.
  const pressed = role === "radio" ? candidates.map((one) => one.labels?.[0] ?? one) : candidates;
  return pressed.filter(visible).find((one) => !one.disabled && one.getAttribute("aria-disabled") !== "true") ?? null;
}
