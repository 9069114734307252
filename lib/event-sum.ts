/** Counts what may happen thousands of times a second, and tells of it now and then. */
export class EventSum {
  readonly #intervalMs: number;
  readonly #tell: (count: number) => void;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param tell is called with the number of events, `intervalMs` milliseconds after the first of them */
  constructor(intervalMs: number, tell: (count: number) => void) {
    this.#intervalMs = intervalMs;
    this.#tell = tell;
  }

  add(): void {
    this.#count += 1;
    this.#timer ??= setTimeout(() => {
      const count = this.#count;
      this.#count = 0;
      this.#timer = undefined;
      this.#tell(count);
    }, this.#intervalMs).unref();
  }
}
