/** Model names: who serves the model that a client named, and which models there are to name. */
import { distance } from 'fastest-levenshtein';
import type { ReasoningEffort } from './canonical.ts';
import { OpenCompatError } from './errors.ts';
import type { ModelInfo, Provider, ResolvedModel } from './providers/provider.ts';

/** Longest chain of aliases that is followed. */
const maxAliasHops = 16;
/** Most models that one name is tried with. */
const maxCandidates = 16;
/** Longest name that is looked at; nothing real comes near, and distances cost the product of two lengths. */
const maxNameCharacters = 200;
const maxNearNames = 3;
/** What a name may consist of that nobody here has heard of, before it goes upstream and into logs. */
const usableName = /^[\x21-\x7e]+$/;

const effortSuffix = /^(.+)[-:](none|minimal|low|medium|high|xhigh|max|ultra)$/;
/** Ollama's clients add it to every name that lacks a tag. */
const defaultTag = ':latest';

export interface ListedModel {
  /** The plain id, or with the provider's name in front where an earlier provider has the same plain id. */
  id: string;
  provider: Provider;
  info: ModelInfo;
}

/** The models of all providers, in the order of the providers; hidden ones are left out. */
export function listModels(providers: readonly Provider[]): ListedModel[] {
  const listed = new Map<string, ListedModel>();
  for (const provider of providers) {
    for (const info of provider.models()) {
      if (info.isHidden) continue;
      const id = listed.has(info.id) ? `${provider.name}/${info.id}` : info.id;
      if (!listed.has(id)) listed.set(id, { id, provider, info });
    }
  }
  return [...listed.values()];
}

/** The same of the providers that can answer now. */
export function listReadyModels(providers: readonly Provider[]): ListedModel[] {
  return listModels(providers.filter((provider) => provider.readiness().isReady));
}

/** Further names: each for any name that could be resolved itself, or for several, the best first. */
export type Aliases = Readonly<Record<string, string | readonly string[]>>;

type Found = Pick<ResolvedModel, 'provider' | 'info' | 'effort'>;

/**
 * Resolves a name. In this order, because full names may look like something else (`gpt-5.1-codex-max`): a model's own
 * name, `provider/model`, an alias, the same without `:latest`, the same without an effort suffix (`gpt-5-high`,
 * `gpt-5:high`), and last a name that only the named provider can judge (`provider/anything`).
 * @returns one model, or those of an alias with a list, in its order; never none
 * @throws OpenCompatError OC_MODEL_NOT_FOUND
 */
export function resolveModels(name: string, providers: readonly Provider[], aliases: Aliases): ResolvedModel[] {
  const found = name.length <= maxNameCharacters ? find(name, providers, aliases, maxAliasHops) : [];
  if (found.length === 0) {
    const details = { model: name.slice(0, maxNameCharacters), near: describeNear(name, providers, aliases) };
    throw new OpenCompatError('OC_MODEL_NOT_FOUND', details, { param: 'model' });
  }
  return found.slice(0, maxCandidates).map((model) => ({ requested: name, id: model.info.id, ...model }));
}

/** The same where one model is enough: the first. */
export function resolveModel(name: string, providers: readonly Provider[], aliases: Aliases): ResolvedModel {
  return resolveModels(name, providers, aliases)[0]!;
}

/** @throws OpenCompatError OC_MODEL_NOT_FOUND also for a model whose provider cannot answer now */
export function findReadyModel(name: string, providers: readonly Provider[], aliases: Aliases): ResolvedModel {
  const model = resolveModel(name, providers, aliases);
  if (!model.provider.readiness().isReady) throw new OpenCompatError('OC_MODEL_NOT_FOUND', { model: name });
  return model;
}

function find(name: string, providers: readonly Provider[], aliases: Aliases, hopsLeft: number): Found[] {
  const full = findFull(name, providers, aliases, hopsLeft);
  if (full.length > 0) return full;
  if (name.endsWith(defaultTag)) return find(name.slice(0, -defaultTag.length), providers, aliases, hopsLeft);

  const [, base, effort] = effortSuffix.exec(name) ?? [];
  const reasoning = base ? findFull(base, providers, aliases, hopsLeft) : [];
  if (reasoning.some(({ info }) => info.efforts.length > 0)) {
    return reasoning.map((found) =>
      found.info.efforts.length > 0 ? { ...found, effort: effort as ReasoningEffort } : found,
    );
  }

  const { provider, id } = splitPrefix(name, providers);
  const info = usableName.test(id) ? provider?.unlistedModel?.(id) : undefined;
  return provider && info ? [{ provider, info }] : [];
}

function findFull(name: string, providers: readonly Provider[], aliases: Aliases, hopsLeft: number): Found[] {
  // A provider that cannot answer lists what it would have; one that can goes before it.
  for (const isReady of [true, false]) {
    for (const provider of providers) {
      const info = findIn(provider, name);
      if (info && provider.readiness().isReady === isReady) return [{ provider, info }];
    }
  }
  const prefixed = splitPrefix(name, providers);
  const info = prefixed.provider && findIn(prefixed.provider, prefixed.id);
  if (prefixed.provider && info) return [{ provider: prefixed.provider, info }];
  // The bound also ends a chain that leads back to itself.
  if (!Object.hasOwn(aliases, name) || hopsLeft === 0) return [];
  return [aliases[name]!].flat().flatMap((target) => find(target, providers, aliases, hopsLeft - 1));
}

function findIn(provider: Provider, id: string): ModelInfo | undefined {
  return provider.models().find((info) => info.id === id);
}

/** `provider/model` taken apart; the provider's name in any case, the model's name may hold further slashes. */
function splitPrefix(name: string, providers: readonly Provider[]): { provider?: Provider; id: string } {
  const slash = name.indexOf('/');
  const prefix = name.slice(0, Math.max(0, slash)).toLowerCase();
  const id = name.slice(slash + 1);
  const provider = id ? providers.find((candidate) => candidate.name === prefix) : undefined;
  return { provider, id: provider ? id : name };
}

function describeNear(name: string, providers: readonly Provider[], aliases: Aliases): string {
  const asked = splitPrefix(name.slice(0, maxNameCharacters), providers).id.toLowerCase();
  const near = [...listModels(providers).map(({ id }) => id), ...Object.keys(aliases)]
    .map((candidate) => ({ candidate, steps: distance(asked, candidate.toLowerCase()) }))
    .filter(({ candidate, steps }) => steps <= Math.max(2, Math.ceil(candidate.length / 2)))
    .sort((a, b) => a.steps - b.steps)
    .slice(0, maxNearNames)
    .map(({ candidate }) => `\`${candidate}\``);
  if (near.length === 0) return ' GET /v1/models lists the models there are.';
  return ` Did you mean ${near.join(' or ')}?`;
}
