/**
 * Calls back when the wall clock has jumped: it was set, or the machine slept. Its timer does not keep the process alive.
 * @param onJump given the milliseconds by which the clock went further than it should have; negative when it was set back
 * @returns the function that ends it
 */
export declare function watchClock(onJump: (jumpMs: number) => void): () => void;
