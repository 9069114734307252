import { Readable } from 'node:stream';
import { OpenCompatError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { isA } from '../thrown.ts';
import type {
  ModelInfo,
  ProvidedModel,
  ProvidedProvider,
  Provider,
  ProviderAnswer,
  Readiness,
  UpstreamAnswer,
} from './provider.ts';

const requiredMethods = ['models', 'readiness', 'buildRequest', 'toError'] as const satisfies (keyof Provider)[];

/** The required methods that a plugin's provider lacks. */
function missingParts(created: unknown): string[] {
  if (typeof created !== 'object' || created === null) return [...requiredMethods];
  return requiredMethods.filter((method) => typeof (created as Partial<Provider>)[method] !== 'function');
}

/**
 * Wraps a plugin's provider, under its configured name, so that its faults affect only its own models: requests for any model
 * ask it for its models and its state.
 * @throws TypeError for an object that is not a provider
 */
export function guardProvider(provider: ProvidedProvider, name: string, log: Logger): Provider {
  const missing = missingParts(provider);
  if (missing.length > 0) throw new TypeError(`what it creates is not a provider: it lacks ${missing.join(', ')}`);
  const title = typeof provider.title === 'string' ? provider.title : name;
  let hasFailed = false;
  function attempt<T>(ask: () => T, isFit: (value: T) => boolean, otherwise: T): T {
    try {
      const value = ask();
      if (isFit(value)) return value;
      throw new TypeError('it returned a value of the wrong type');
    } catch (error) {
      if (!hasFailed)
        log.error('a provider failed to give its models or its state; it is left out', { provider: name, error });
      hasFailed = true;
      return otherwise;
    }
  }
  const state: Readiness = { isReady: false, reason: 'The plugin fails: the log says how.' };
  const guarded: Partial<Provider> = {
    name,
    title,
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
  if (provider.answer) {
    guarded.answer = async (request, signal) => {
      try {
        return toAnswer(await provider.answer!(request, signal), title, signal);
      } catch (error) {
        throw asProviderError(error, title);
      }
    };
  }
  const bound = new Map<unknown, unknown>();
  return new Proxy(provider as Provider, {
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

/** Errors of the table go to the client as they are; any other error is a failure of the plugin. */
function asProviderError(error: unknown, provider: string): OpenCompatError {
  if (isA(error, OpenCompatError)) return error;
  return new OpenCompatError('OC_PROVIDER_FAILED', { provider }, { cause: error });
}

/** Turns texts and bytes from a generator, a list or a stream into an answer. */
function toAnswer(given: ProviderAnswer, title: string, signal: AbortSignal): UpstreamAnswer {
  async function* toBytes(): AsyncGenerator<Buffer> {
    try {
      for await (const part of given) yield Buffer.from(part as string);
    } catch (error) {
      // What breaks off because the client has left is no fault of the plugin.
      throw signal.aborted ? error : asProviderError(error, title);
    }
  }
  const stream = Readable.from(toBytes(), { objectMode: false });
  // An abort before the first read must not end the process.
  stream.on('error', () => {});
  const { statusCode = 200, headers = {} } = given;
  return Object.assign(stream, { statusCode, headers }) as unknown as UpstreamAnswer;
}

/** Completes a plugin's model, of which only the id is required. */
function withDefaults(info: ProvidedModel): ModelInfo {
  if (typeof info?.id !== 'string' || info.id === '') throw new TypeError('a model has no id');
  return { ...info, createdS: info.createdS ?? 0, ownedBy: info.ownedBy ?? 'plugin', efforts: info.efforts ?? [] };
}

function withDefaultsOf(info: ProvidedModel | undefined): ModelInfo | undefined {
  return info && withDefaults(info);
}
