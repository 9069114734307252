/** What upstreams have said about their models that no list tells. In memory, bounded, and forgotten with the process. */
import type { ReasoningTextField } from '../apis/chat-completions/server-state.ts';
import type { ReasoningEffort } from '../canonical/types.ts';
import type { OpenCompatError } from '../errors.ts';
import { parseObject } from '../lenient-json.ts';
import type { Lessons } from './lessons.ts';
import type { AmendContext } from './provider.ts';
import { type RefusedFields, readRefusedFields } from './refused-fields.ts';

/** Models of which something is remembered. The oldest is forgotten. */
const maxRemembered = 500;
/** Notes on one model; more fields are not in use. */
const maxNotes = 64;
/** A server is replaced by a newer one, and a refusal may have been misread: after this time it is asked anew. */
const rememberedMs = 24 * 3_600_000;
const nothing: ReadonlySet<string> = new Set();

/** Words about models. */
export class ModelNotes {
  readonly #notes = new Map<string, ReadonlySet<string>>();

  /** @returns whether that is new */
  add(model: string, note: string): boolean {
    const known = this.of(model);
    if (known.has(note) || known.size >= maxNotes) return false;
    makeRoom(this.#notes, model);
    // A new set: who holds the old one is not surprised.
    this.#notes.set(model, new Set([...known, note]));
    return true;
  }

  forget(model: string): void {
    this.#notes.delete(model);
  }

  of(model: string): ReadonlySet<string> {
    return this.#notes.get(model) ?? nothing;
  }
}

/** What a model takes of the fields of a request. */
export interface TakenFields {
  /** To be left out. */
  readonly omit: ReadonlySet<string>;
  /** The words of `reasoning_effort` that it takes, weakest first; undefined: all, as far as is known. */
  readonly efforts: readonly ReasoningEffort[] | undefined;
  /** The field without which it refuses tool calls. */
  readonly reasoning?: ReasoningTextField | undefined;
}

/**
 * Fields that models have refused, so that they are asked without from then on. What a refusal says may be what the client has
 * written, so that it counts for others only when the request was accepted without.
 */
export class RefusalMemory {
  readonly #now: () => number;
  readonly #taken = new Map<string, TakenFields & { sinceMs: number }>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @param lessons of the exchange that is about to ask */
  of(model: string, lessons?: Lessons): TakenFields {
    let taken = this.#known(model);
    for (const refused of lessons?.of(this, model) ?? []) taken = without(taken, refused) ?? taken;
    return taken;
  }

  #known(model: string): TakenFields {
    const taken = this.#taken.get(model);
    if (!taken) return { omit: nothing, efforts: undefined };
    if (this.#now() - taken.sinceMs < rememberedMs) return taken;
    this.#taken.delete(model);
    return this.#known(model);
  }

  /** Remembers what a refusal says. @returns whether that is new, so that it is worth asking again */
  learn(error: OpenCompatError, context: Pick<AmendContext, 'model' | 'log' | 'sent' | 'lessons'>): boolean {
    const { model, log, sent, lessons } = context;
    const refused = readRefusedFields(error, parseObject(sent.body));
    return refused !== undefined && this.note(model.id, refused, { log, lessons });
  }

  /** @returns whether that is new */
  note(
    model: string,
    refused: RefusedFields,
    { log, lessons }: Partial<Pick<AmendContext, 'log' | 'lessons'>> = {},
  ): boolean {
    if (!without(this.of(model, lessons), refused)) return false;
    const keep = () => {
      const taken = without(this.#known(model), refused);
      if (!taken) return;
      makeRoom(this.#taken, model);
      this.#taken.set(model, { ...taken, sinceMs: this.#now() });
      log?.info('a model refused these fields; they are left out from now on', { model, ...refused });
    };
    if (lessons) lessons.add({ of: this, model, refused, keep });
    else keep();
    return true;
  }
}

/** What is taken after a refusal; undefined where it says nothing new. */
function without(known: TakenFields, { fields, efforts, reasoning }: RefusedFields): TakenFields | undefined {
  const added = fields.filter((field) => !known.omit.has(field)).slice(0, maxNotes - known.omit.size);
  const areNew = efforts !== undefined && efforts.join() !== known.efforts?.join();
  const isMissed = reasoning !== undefined && reasoning !== known.reasoning;
  if (added.length === 0 && !areNew && !isMissed) return undefined;
  return {
    omit: new Set([...known.omit, ...added]),
    efforts: efforts ?? known.efforts,
    reasoning: reasoning ?? known.reasoning,
  };
}

function makeRoom(map: Map<string, unknown>, key: string): void {
  if (!map.has(key) && map.size >= maxRemembered) map.delete(map.keys().next().value!);
}
