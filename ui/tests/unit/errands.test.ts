// @vitest-environment jsdom
// What a start was for is done one after the other, and nothing that is closed early holds the next one up.
import { expect, test, vi } from "vitest";
import { close_service_file, run_errands, service_file } from "../../src/app/errands.svelte";
import { open_backend } from "../../src/backend";
import type { Errand } from "../../src/backend/backend";

function same(file: string): Errand {
  const shown = { token: file, file, service: null, calls: [], mistakes: [], place: { kind: "same" } };
  return { kind: "service", shown } as Errand;
}

test("a file that is closed while the services are still read leaves room for the next", async () => {
  const backend = await open_backend();
  const errands = [same("first"), same("second")];
  let read = (): void => undefined;
  vi.spyOn(backend, "take_errand").mockImplementation(async () => errands.shift() ?? null);
  vi.spyOn(backend, "list_services").mockImplementation(() => new Promise((done) => (read = () => done([]))));
  const done = run_errands();
  for (const file of ["first", "second"]) {
    await vi.waitFor(() => expect(service_file.now?.file).toBe(file));
    close_service_file();
    read();
  }
  await done;
  expect(service_file.now).toBeNull();
});
