// Runs in the page: finds one visible control by its role and name, as a person with a screen reader would.
// Not here: waiting and acting (window.js).
/* global document, NodeFilter */

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
  // Each piece by itself, so that a hint in the next line does not grow together with the word before it.
  const said = (element) => {
    const copy = element.cloneNode(true);
    for (const silent of copy.querySelectorAll("kbd, svg, [aria-hidden=true]")) silent.remove();
    const pieces = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
    let text = "";
    while (pieces.nextNode()) text += ` ${pieces.currentNode.data}`;
    return squeeze(text);
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
  // A label may go on ("· optional"), but "Save" is not "Save and set email" where both are there.
  const exactly = (element) => names(element).includes(name);
  const at_least = (element) => names(element).some((one) => one.startsWith(`${name} `) || one.startsWith(`${name}·`));
  const visible = (element) => element.getClientRects().length > 0;
  const all = Array.from((within ?? document).querySelectorAll(roles[role]));
  const candidates = [...all.filter(exactly), ...all.filter(at_least)];
  // A radio may be drawn by its label, with nothing of its own to press.
  const pressed = role === "radio" ? candidates.map((one) => one.labels?.[0] ?? one) : candidates;
  return pressed.filter(visible).find((one) => !one.disabled && one.getAttribute("aria-disabled") !== "true") ?? null;
}
