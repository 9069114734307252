/** Which models are not worth asking for a while, because their provider said when it will be. */
import type { OpenCompatError } from './errors.ts';
import type { ResolvedModel } from './providers/provider.ts';

export interface Availability {
  /** Takes note of what a model answered; only what says how long it lasts is kept. */
  note(model: ResolvedModel, error: OpenCompatError): void;
  /** The error that a model would give now, if that is known; its `retry-after` is what is left of it. */
  blockedBy(model: ResolvedModel): OpenCompatError | undefined;
}

/** More than these are not remembered: the oldest is forgotten. */
const maxBlocks = 256;

interface Block {
  error: OpenCompatError;
  untilMs: number;
}

/** @param now Unix milliseconds */
export function createAvailability(now: () => number = Date.now): Availability {
  const blocks = new Map<string, Block>();

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
      if (!retryAfterS || !Object.hasOwn(scopes, code)) return;
      const key = scopes[code as keyof typeof scopes](model);
      blocks.delete(key);
      if (blocks.size >= maxBlocks) blocks.delete(blocks.keys().next().value!);
      blocks.set(key, { error, untilMs: now() + retryAfterS * 1000 });
    },
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
