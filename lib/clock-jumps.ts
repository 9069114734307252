/** How often the clock is read. */
const lookEveryMs = 10_000;
/** A reading may be this late because the event loop was busy. */
const toleranceMs = 5_000;

/**
 * Calls back when the wall clock has jumped: it was set, or the machine slept. Its timer does not keep the process alive.
 * @param onJump given the milliseconds by which the clock went further than it should have; negative when it was set back
 * @returns the function that ends it
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
