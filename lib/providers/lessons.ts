import type { RefusedFields } from './refused-fields.ts';

interface Lesson {
  /** The memory that it is for. */
  of: object;
  model: string;
  refused: RefusedFields;
  /** Has it count for all. */
  keep(): void;
}

/** What one exchange was told in refusals. It holds for that exchange alone until the upstream has accepted what was changed by it. */
export class Lessons {
  readonly #pending: Lesson[] = [];

  add(lesson: Lesson): void {
    this.#pending.push(lesson);
  }

  of(memory: object, model: string): readonly RefusedFields[] {
    return this.#pending
      .filter((lesson) => lesson.of === memory && lesson.model === model)
      .map(({ refused }) => refused);
  }

  /** The upstream has accepted a request: the refusals before it were of what was changed. */
  accept(): void {
    for (const { keep } of this.#pending.splice(0)) keep();
  }
}
