/**
 * Names as requests give them, while the lists of the providers come and go: at a start, after a sign-in, when a server is
 * away. The meaning of a name must not depend on which list came first, and a missing list must not make a model count as
 * non-existent.
 */
import { OpenCompatError } from '../errors.ts';
import type { Provider, ResolvedModel } from '../providers/provider.ts';
import { settleWithin } from '../settle-within.ts';
import {
  effortSuffix,
  type Found,
  type Judge,
  type NameRules,
  resolveDrawingModels,
  resolveModels,
  splitPrefix,
  usableName,
} from './resolve.ts';

/** Longest wait of a request for lists, in milliseconds. */
export const waitLimitMs = 6_000;
/** When to ask again for a model of a provider that cannot list what it has, in seconds. */
export const retryAfterS = 5;

/**
 * The models of a name. Waits (some seconds at most) for lists that have never been seen; and for an unknown name, for new
 * sources that may know it: a sign-in that another process has made, a list that is renewed. If a list is still missing or old
 * then, its provider may judge the name itself. Synchronous when there is nothing to wait for.
 *
 * @param draws is it for a picture?
 * @throws OpenCompatError OC_MODEL_NOT_FOUND, OC_MODELS_UNKNOWN, OC_NOT_SERVED
 */
export function findModels(
  name: string,
  providers: readonly Provider[],
  rules: NameRules,
  draws = false,
): ResolvedModel[] | Promise<ResolvedModel[]> {
  const { provider: named } = splitPrefix(name, providers);
  const looks = lookForMissing(named ? [named] : providers);
  if (looks.length > 0) return settleWithin(looks, waitLimitMs).then(() => findNow(name, providers, rules, draws));
  return findNow(name, providers, rules, draws);
}

function findNow(
  name: string,
  providers: readonly Provider[],
  rules: NameRules,
  draws: boolean,
): ResolvedModel[] | Promise<ResolvedModel[]> {
  let isDoubtful = false;
  try {
    const found = draws
      ? resolveDrawingModels(name, providers, rules)
      : resolveModels(name, providers, rules, () => {
          isDoubtful = withMore(providers).length > 0;
          return [];
        });
    if (!isDoubtful) return found;
  } catch (error) {
    if (providers.every((provider) => !provider.lookForModels && !provider.lookForSignIn)) throw error;
  }
  return settleWithin(providers.map(lookAgain), waitLimitMs).then(() => findLast(name, providers, rules, draws));
}

/** A sign-in that has just been found has a list of its own. */
async function lookAgain(provider: Provider): Promise<void> {
  if (!provider.readiness().isReady) await provider.lookForSignIn?.(true);
  await provider.lookForModels?.();
}

/** Decides with the lists known after the wait. */
function findLast(name: string, providers: readonly Provider[], rules: NameRules, draws: boolean): ResolvedModel[] {
  const open = withMore(providers);
  try {
    return draws ? resolveDrawingModels(name, providers, rules) : resolveModels(name, providers, rules, judgedBy(open));
  } catch (error) {
    const silent = draws ? open.filter(({ drawingModel }) => drawingModel) : open;
    if (silent.length === 0) throw error;
    const titles = silent.map(({ title }) => title).join(', ');
    throw new OpenCompatError('OC_MODELS_UNKNOWN', { provider: titles }, { param: 'model', retryAfterS, cause: error });
  }
}

/**
 * The providers that can answer, and may have unlisted models. If none can answer, those with a sign-in: they say what is wrong
 * with it.
 */
function withMore(providers: readonly Provider[]): Provider[] {
  const ready = providers.filter((provider) => provider.readiness().isReady);
  const asked = ready.length > 0 ? ready : providers.filter((provider) => provider.readiness().hasCredentials);
  return asked.filter((provider) => (provider.listState?.() ?? 'current') !== 'current');
}

/** The models of providers that accept unlisted names, in the providers' order. */
function judgedBy(open: readonly Provider[]): Judge {
  return (name) => (usableName.test(name) ? open.flatMap((provider) => judge(provider, name) ?? []) : []);
}

function judge(provider: Provider, name: string): Found | undefined {
  const [, base, effort] = effortSuffix.exec(name) ?? [];
  const reasoning = base ? provider.unlistedModel?.(base) : undefined;
  // `gpt-5.1-codex-max` is a name of its own.
  const known = reasoning?.efforts.find((candidate) => candidate === effort && candidate !== 'max');
  if (reasoning && known) return { provider, info: reasoning, effort: known, isUnlisted: true };
  const info = provider.unlistedModel?.(name);
  return info && { provider, info, isUnlisted: true };
}

/** The looks of those that can answer and have never had a list. */
export function lookForMissing(providers: readonly Provider[]): Promise<void>[] {
  return providers.flatMap((provider) => {
    const isMissing = provider.listState ? provider.listState() === 'missing' : provider.models().length === 0;
    return isMissing && provider.readiness().isReady ? (provider.lookForModels?.() ?? []) : [];
  });
}
