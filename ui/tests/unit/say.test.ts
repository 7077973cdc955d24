// @vitest-environment jsdom
// A sentence with gaps: what comes from outside stands in <bdi>, as text, and the sentence follows the language.
import { cleanup, render } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Say, set_language } from "../../src/i18n";

beforeEach(() => set_language("en"));
afterEach(cleanup);

test("each gap is isolated, the named ones are strong", () => {
  const { container } = render(Say, { key: "pending.got_link", params: { value: "Kx7m", service: "Webshare", label: "<i>EU</i>" }, strong: ["label"], mono: ["value"] });
  expect(container.textContent).toBe("A Webshare link for <i>EU</i>. The code is the part Kx7m; the link itself is not opened.");
  expect([...container.querySelectorAll("bdi")].map((bdi) => bdi.textContent)).toEqual(["Webshare", "<i>EU</i>", "Kx7m"]);
  expect(container.querySelector("b bdi")?.textContent).toBe("<i>EU</i>");
  expect(container.querySelector("bdi.mono")?.textContent).toBe("Kx7m");
  expect(container.querySelector("i")).toBeNull();
});

test("it follows the language", async () => {
  const { container, rerender } = render(Say, { key: "history.count", params: { n: 2 } });
  expect(container.textContent).toBe("2 changes");
  await set_language("pt-BR");
  await rerender({});
  expect(container.textContent).toBe("2 trocas");
});
