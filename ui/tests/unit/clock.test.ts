// What waits for a time, when the computer slept or its clock was moved: nothing early, nothing at a wrong moment, no absurd countdown.
import "./document";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ChangeView } from "../../src/backend/types/ChangeView";

const { get_change, request_change } = vi.hoisted(() => ({ get_change: vi.fn(), request_change: vi.fn() }));
vi.mock("../../src/backend", () => ({ backend: () => ({ get_change }) }));
vi.mock("../../src/app/changes.svelte", () => ({ request_change }));

import { requests_by_itself, tick_by_itself, untick_all } from "../../src/app/by_itself.svelte";
import { ago, countdown } from "../../src/i18n";
import { time_of } from "../../src/screens/PendingWords";

const NOW = Date.parse("2026-11-20T17:04:00Z");
const YEAR = 365 * 86_400_000;

function limited(seconds: number): ChangeView {
  const retry_at = new Date(NOW + seconds * 1000).toISOString();
  const problem = { code: "rate_limited", params: {}, service_says: null, status: 429, retry_at };
  return { id: "one", profile_id: "p", to: "a@b.example", state: "planned", open: true, retry_at, problem, undo_of: null, updated_at: new Date(NOW).toISOString() } as unknown as ChangeView;
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});

afterEach(() => {
  untick_all();
  vi.useRealTimers();
  vi.clearAllMocks();
});

test("it is requested when its time has come, once", async () => {
  get_change.mockResolvedValue(limited(90));
  tick_by_itself(limited(90));
  await vi.advanceTimersByTimeAsync(90_500);
  expect(request_change).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(request_change).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(request_change).toHaveBeenCalledOnce();
  expect(requests_by_itself("one")).toBe(false);
});

test("after a sleep it is the clock that counts, not the timer", async () => {
  get_change.mockResolvedValue(limited(3600));
  tick_by_itself(limited(3600));
  await vi.advanceTimersByTimeAsync(5_000);
  vi.setSystemTime(NOW + 4_000_000);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(request_change).toHaveBeenCalledOnce();
});

test("a time beyond what a timer can hold is not now", async () => {
  get_change.mockResolvedValue(limited(YEAR / 1000));
  tick_by_itself(limited(YEAR / 1000));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(request_change).not.toHaveBeenCalled();
  expect(requests_by_itself("one")).toBe(true);
});

test("a clock that was set back is asked about, and the wait goes on with its new time", async () => {
  get_change.mockResolvedValue(limited(90));
  tick_by_itself(limited(90));
  vi.setSystemTime(NOW - YEAR);
  const moved = limited(90 - YEAR / 1000);
  get_change.mockResolvedValue(moved);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(request_change).not.toHaveBeenCalled();
  expect(requests_by_itself("one")).toBe(true);
  await vi.advanceTimersByTimeAsync(90_000);
  expect(request_change).toHaveBeenCalledOnce();
});

test("one that was cancelled or sent elsewhere meanwhile is left alone", async () => {
  tick_by_itself(limited(5));
  get_change.mockResolvedValue({ ...limited(5), state: "awaiting_code" });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(get_change).toHaveBeenCalledOnce();
  expect(request_change).not.toHaveBeenCalled();
});

test("a countdown is never longer than its whole, and never below zero", () => {
  for (const now of [NOW - YEAR, NOW - 1, NOW, NOW + 45_000, NOW + YEAR]) {
    const time = time_of(limited(90), now);
    if (time.left !== null) expect(time.left).toBeLessThanOrEqual(90_000);
    expect(time.gone).toBeGreaterThanOrEqual(0);
    expect(countdown(time.left ?? 0)).toMatch(/^\d+:\d\d(:\d\d)?$/);
    expect(ago(new Date(NOW).toISOString(), now)).not.toContain("-");
  }
});
