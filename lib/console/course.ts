/** The course of a captured request in time. */
import type { CaptureLine } from '../recorder/capture.ts';

export interface CourseStage {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** When pieces of it came or went, in milliseconds since the request came. */
  readonly ticksMs?: readonly number[];
}

/** Most ticks of a stage; further ones are near one of them. */
const maxTicks = 200;
/** Most upstream requests that are told of. */
const maxAttempts = 20;

interface Attempt {
  readonly sentMs: number;
  headMs?: number;
  endMs?: number;
  readonly ticksMs: number[];
}

/** Takes the lines of a capture in their order. */
export class Course {
  #requestMs: number | undefined;
  readonly #attempts = new Map<number, Attempt>();
  #clientHeadMs: number | undefined;
  readonly #clientTicksMs: number[] = [];
  #endMs = 0;

  add(line: CaptureLine): void {
    if (line.at === 'capture') return;
    const { ms } = line;
    this.#endMs = Math.max(this.#endMs, ms);
    if (line.at === 'client.request') this.#requestMs = ms;
    else if (line.at === 'upstream.request' && this.#attempts.size < maxAttempts)
      this.#attempts.set(line.n, { sentMs: ms, ticksMs: [] });
    else if (line.at === 'client.head') this.#clientHeadMs = ms;
    else if (line.at === 'client.bytes') this.#clientTicksMs.push(ms);
    else if ('n' in line) {
      const attempt = this.#attempts.get(line.n);
      if (!attempt) return;
      if (line.at === 'upstream.head') attempt.headMs = ms;
      else if (line.at === 'upstream.bytes') attempt.ticksMs.push(ms);
      else attempt.endMs = ms;
    }
  }

  get stages(): CourseStage[] {
    const attempts = [...this.#attempts.values()];
    const preparedMs = attempts[0]?.sentMs ?? this.#clientHeadMs ?? this.#endMs;
    const stages: CourseStage[] = [];
    const add = (name: string, fromMs: number | undefined, toMs: number | undefined, ticksMs?: number[]) => {
      if (fromMs !== undefined && toMs !== undefined)
        stages.push({ name, fromMs, toMs, ...(ticksMs && { ticksMs: thinOut(ticksMs, this.#endMs) }) });
    };
    add('Client sends the request', 0, this.#requestMs);
    add('This server prepares it', this.#requestMs ?? 0, preparedMs);
    for (const [index, { sentMs, headMs, endMs, ticksMs }] of attempts.entries()) {
      const which = attempts.length > 1 ? ` ${index + 1}` : '';
      const overMs = endMs ?? ticksMs.at(-1) ?? this.#endMs;
      const firstMs = ticksMs[0];
      add(`Upstream${which}: waiting for its head`, sentMs, headMs ?? overMs);
      add(`Upstream${which}: waiting for its first byte`, headMs, firstMs ?? overMs);
      add(`Upstream${which}: its answer comes`, firstMs, overMs, ticksMs);
    }
    add('Client gets the answer', this.#clientHeadMs, this.#clientTicksMs.at(-1), this.#clientTicksMs);
    return stages;
  }
}

/** One of those that a picture could not tell apart. */
function thinOut(ticksMs: readonly number[], endMs: number): number[] {
  const places = new Map(ticksMs.map((ms) => [Math.round((ms / Math.max(endMs, 1)) * maxTicks), ms]));
  return [...places.values()];
}
