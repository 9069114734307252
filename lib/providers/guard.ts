import { Readable } from 'node:stream';
import type { Logger } from '../log.ts';
import type { ModelInfo, Provider, Readiness, UpstreamAnswer } from './provider.ts';

const requiredMethods = ['models', 'readiness', 'buildRequest', 'toError'] as const satisfies (keyof Provider)[];

/** What a plugin's provider must have and has not. */
function missingParts(created: unknown): string[] {
  if (typeof created !== 'object' || created === null) return [...requiredMethods];
  return requiredMethods.filter((method) => typeof (created as Partial<Provider>)[method] !== 'function');
}

/**
 * A plugin's provider under the name that the configuration gives it, wrapped so that its misbehaviour costs what is asked
 * of it alone: it is asked for its models and its state with every request for anybody's model.
 * @throws TypeError for what is no provider
 */
export function guardProvider(provider: Provider, name: string, log: Logger): Provider {
  const missing = missingParts(provider);
  if (missing.length > 0) throw new TypeError(`what it creates is no provider, as it lacks ${missing.join(', ')}`);
  let hasFailed = false;
  function attempt<T>(ask: () => T, isFit: (value: T) => boolean, otherwise: T): T {
    try {
      const value = ask();
      if (isFit(value)) return value;
      throw new TypeError('it gave something of another kind');
    } catch (error) {
      if (!hasFailed) log.error('a provider failed to say what it has; it is left out', { provider: name, error });
      hasFailed = true;
      return otherwise;
    }
  }
  const state: Readiness = { isReady: false, reason: 'The plugin fails: the log says how.' };
  const guarded: Partial<Provider> = {
    name,
    title: typeof provider.title === 'string' ? provider.title : name,
    models: () => attempt<readonly ModelInfo[]>(() => provider.models().map(withDefaults), Array.isArray, []),
    readiness: () =>
      attempt(
        () => provider.readiness(),
        (value) => typeof value?.isReady === 'boolean',
        state,
      ),
  };
  if (provider.listState) guarded.listState = () => attempt(() => provider.listState!(), isListState, 'current');
  if (provider.lookForModels)
    guarded.lookForModels = () => attempt(() => provider.lookForModels?.(), isLook, undefined);
  if (provider.lookForSignIn) {
    guarded.lookForSignIn = (isUrgent) => attempt(() => provider.lookForSignIn?.(isUrgent), isLook, undefined);
  }
  if (provider.unlistedModel) {
    guarded.unlistedModel = (id) =>
      attempt<ModelInfo | undefined>(
        () => withDefaultsOf(provider.unlistedModel?.(id)),
        () => true,
        undefined,
      );
  }
  if (provider.answer) guarded.answer = (request, signal) => toAnswer(provider.answer!(request, signal));
  const bound = new Map<unknown, unknown>();
  return new Proxy(provider, {
    get(target, key) {
      if (Object.hasOwn(guarded, key)) return guarded[key as keyof Provider];
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (!bound.has(value)) bound.set(value, value.bind(target));
      return bound.get(value);
    },
  });
}

function isListState(value: unknown): boolean {
  return value === 'current' || value === 'old' || value === 'missing';
}

function isLook(look: Promise<void> | undefined): boolean {
  return look === undefined || typeof look.then === 'function';
}

/** Texts and bytes as an answer, whatever they come in: a stream of objects, a generator. */
function toAnswer(given: UpstreamAnswer): UpstreamAnswer {
  async function* toBytes(): AsyncGenerator<Buffer> {
    for await (const part of given as AsyncIterable<Buffer | string>) yield Buffer.from(part as string);
  }
  const stream = Readable.from(toBytes(), { objectMode: false });
  // An abort before anyone reads is no fault of the process.
  stream.on('error', () => {});
  const { statusCode = 200, headers = {} } = given;
  return Object.assign(stream, { statusCode, headers }) as unknown as UpstreamAnswer;
}

/** A plugin's author is asked for no more than an id. */
function withDefaults(info: ModelInfo): ModelInfo {
  if (typeof info?.id !== 'string' || info.id === '') throw new TypeError('a model has no id');
  return { ...info, createdS: info.createdS ?? 0, ownedBy: info.ownedBy ?? 'plugin', efforts: info.efforts ?? [] };
}

function withDefaultsOf(info: ModelInfo | undefined): ModelInfo | undefined {
  return info && withDefaults(info);
}
