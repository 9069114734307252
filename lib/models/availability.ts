/** Remembers which models cannot answer for a while, because their provider said until when. */
import type { OpenCompatError } from '../errors.ts';
import type { ResolvedModel } from '../providers/provider.ts';

export interface Availability {
  /** Records a model's failure; only refusals with a time are kept. */
  note(model: ResolvedModel, error: OpenCompatError): void;
  /** A model has answered: forgets its failures. */
  noteAnswer(model: ResolvedModel): void;
  /** Forgets what is known of a provider, which a reload has changed. */
  forget(provider: string): void;
  /**
   * An order in which to ask: 1 when the model's provider could not be reached a moment ago, 2 when its quota is spared, else 0.
   */
  doubtOf(model: ResolvedModel): 0 | 1 | 2;
  /** The error that a model would give now, if known, with the remaining time as its `retry-after`. */
  blockedBy(model: ResolvedModel): OpenCompatError | undefined;
}

/** Most failures that are remembered; the oldest is forgotten. */
const maxBlocks = 256;
/** Longest time that a refusal is believed: a week's window and a day. An absurd number must not last for ever. */
const longestBlockMs = 8 * 24 * 3_600_000;
/** A provider that could not be reached is asked after the others for this long: each vain try costs a client its time. */
const doubtMs = 30_000;

interface Block {
  error: OpenCompatError;
  untilMs: number;
}

/** @param now Unix milliseconds */
export function createAvailability(now: () => number = Date.now): Availability {
  const blocks = new Map<string, Block>();
  /** By provider: until when it is asked last. Providers are few, and come from the configuration. */
  const doubts = new Map<string, number>();

  function find(key: string): Block | undefined {
    const block = blocks.get(key);
    if (block && block.untilMs <= now()) {
      blocks.delete(key);
      return undefined;
    }
    return block;
  }

  return {
    note(model, error) {
      const { code, retryAfterS } = error;
      if (code === 'OC_UPSTREAM_UNREACHABLE' || code === 'OC_UPSTREAM_TIMEOUT') {
        doubts.set(keyOfProvider(model), now() + doubtMs);
      }
      if (!retryAfterS || !Object.hasOwn(scopes, code)) return;
      const key = scopes[code as keyof typeof scopes](model);
      blocks.delete(key);
      if (blocks.size >= maxBlocks) blocks.delete(blocks.keys().next().value!);
      blocks.set(key, { error, untilMs: now() + Math.min(retryAfterS * 1000, longestBlockMs) });
    },

    noteAnswer(model) {
      // The common case, with every request.
      if (blocks.size === 0 && doubts.size === 0) return;
      blocks.delete(keyOfProvider(model));
      blocks.delete(keyOfModel(model));
      doubts.delete(keyOfProvider(model));
    },

    forget(provider) {
      doubts.delete(provider);
      for (const key of blocks.keys()) if (key === provider || key.startsWith(`${provider}/`)) blocks.delete(key);
    },

    doubtOf: (model) => ((doubts.get(keyOfProvider(model)) ?? 0) > now() ? 1 : 0),

    blockedBy(model) {
      const block = find(keyOfProvider(model)) ?? find(keyOfModel(model));
      return block?.error.withRetryAfter((block.untilMs - now()) / 1000);
    },
  };
}

function keyOfProvider({ provider }: ResolvedModel): string {
  return provider.name;
}

function keyOfModel({ provider, id }: ResolvedModel): string {
  return `${provider.name}/${id}`;
}

/** A spent plan is spent for all its models; a limit of requests may be one model's own. */
const scopes = {
  OC_USAGE_LIMIT: keyOfProvider,
  OC_INSUFFICIENT_QUOTA: keyOfProvider,
  OC_UPSTREAM_RATE_LIMITED: keyOfModel,
  OC_OVERLOADED: keyOfModel,
  OC_UPSTREAM_ERROR: keyOfModel,
} as const;
