// A hint, but one that must not praise what is guessed first.
import { expect, test } from "vitest";
import { strength_of } from "../../src/dialogs/strength";

test.each([
  ["", "weak"],
  ["password", "weak"],
  ["aaaaaaaaaaaaaaaaaaaa", "weak"],
  ["12345678", "weak"],
  ["two words", "weak"],
  ["three plain words", "fair"],
  ["four plain words here", "strong"],
  ["four four four four", "weak"],
  ["password1", "weak"],
  ["Tr0ub4dor", "fair"],
  ["hG7$kd9Qw2!xZp4L", "strong"],
  ["x7#Kq!2m", "weak"],
] as const)("%j is %s", (text, found) => {
  expect(strength_of(text)).toBe(found);
});
