/** How often the clock is looked at. */
const lookEveryMs = 10_000;
/** A look may be this late without meaning anything: the event loop was busy. */
const toleranceMs = 5_000;

/**
 * Calls back when the wall clock has jumped: it was set, or the machine slept. Its timer does not keep the process alive.
 * @param onJump given the milliseconds by which the clock went further than it should have; negative when it was set back
 * @returns what ends it
 */
export function watchClock(onJump: (jumpMs: number) => void): () => void {
  let lastMs = Date.now();
  let timer = setTimeout(look, lookEveryMs).unref();

  function look(): void {
    const nowMs = Date.now();
    const jumpMs = nowMs - lastMs - lookEveryMs;
    lastMs = nowMs;
    timer = setTimeout(look, lookEveryMs).unref();
    if (jumpMs < -toleranceMs || jumpMs > toleranceMs) onJump(jumpMs);
  }
  return () => clearTimeout(timer);
}
