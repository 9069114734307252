/** For an `AnswerContext` of which the time does not matter: it stands still. */
export const stillClock = { receivedMs: 1_800_000_000_000, nowMs: () => 1_800_000_000_000 };
