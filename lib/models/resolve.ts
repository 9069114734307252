/** Resolves model names to providers, and lists the models. */
import { distance } from 'fastest-levenshtein';
import type { ReasoningEffort } from '../canonical/types.ts';
import { OpenCompatError } from '../errors.ts';
import { longestFit } from '../name-pattern.ts';
import type { ModelInfo, Provider, ResolvedModel } from '../providers/provider.ts';
import { chooseStandIn, isClaude } from './stand-ins.ts';

/** Longest chain of aliases that is followed. */
const maxAliasHops = 16;
/** Most models that one name is tried with. */
const maxCandidates = 16;
/** Longest name that is accepted; real names are far shorter, and the cost of comparing grows with the product of two lengths. */
const maxNameCharacters = 200;
const maxNearNames = 3;
/** Characters of an unknown name that may go upstream and into logs. */
export const usableName = /^[\x21-\x7e]+$/;

export const effortSuffix = /^(.+)[-:](none|minimal|low|medium|high|xhigh|max|ultra)$/;
/** Ollama's clients add it to every name that lacks a tag. */
const defaultTag = ':latest';
/** Claude Code's users add it to ask for a longer context. */
const contextTag = '[1m]';

export interface ListedModel {
  /** The plain id, or with the provider's name in front where an alias or an earlier provider has the same plain id. */
  id: string;
  provider: Provider;
  info: ModelInfo;
}

/**
 * The models of all providers, in the order of the providers, then the aliases that lead to one of them, each with the facts of
 * its first model. Hidden models are left out, and ids are unique.
 */
export function listModels(providers: readonly Provider[], aliases: Aliases = {}): ListedModel[] {
  const listed = new Map<string, ListedModel>();
  for (const provider of providers) {
    for (const info of provider.models()) {
      if (info.isHidden) continue;
      const isTaken = listed.has(info.id) || Object.hasOwn(aliases, info.id);
      const id = isTaken ? `${provider.name}/${info.id}` : info.id;
      if (!listed.has(id)) listed.set(id, { id, provider, info });
    }
  }
  for (const id of Object.keys(aliases)) {
    // A pattern is not listed.
    const [found] = id.includes('*') ? [] : findKnown(id, providers, aliases);
    if (found) listed.set(id, { id, provider: found.provider, info: found.info });
  }
  return [...listed.values()];
}

/**
 * Aliases: each stands for any name that can be resolved itself, or for several, the best first. One with `*` (any text, or
 * none) stands for all matching names that nothing else knows.
 */
export type Aliases = Readonly<Record<string, string | readonly string[]>>;

/** What the configuration says of names. */
export interface NameRules {
  readonly aliases: Aliases;
  /** Do listed models stand in for well-known names that nobody lists? */
  readonly modelStandIns: boolean;
}

export type Found = Pick<ResolvedModel, 'provider' | 'info' | 'effort' | 'isUnlisted' | 'isStandIn'>;

/** Called for an unlisted name, an alias' target or the name itself: gives the providers that might have it. */
export type Judge = (name: string) => Found[];

const nobody: Judge = () => [];

/** What a name stands for by the lists that are known. @param path the aliases that have led here */
export function findKnown(
  name: string,
  providers: readonly Provider[],
  aliases: Aliases,
  path: readonly string[] = [],
): Found[] {
  return find(name, { providers, aliases, modelStandIns: false, judge: nobody }, path);
}

/** Where a name is looked for. */
interface Search extends NameRules {
  readonly providers: readonly Provider[];
  readonly judge: Judge;
}

/**
 * Resolves a name. In this order, because full names may look like something else (`gpt-5.1-codex-max`): an alias of this very
 * name, a model's own name, `provider/model`, the same without `:latest` or `[1m]`, the same without an effort suffix
 * (`gpt-5-high`, `gpt-5:high`), a name that only the named provider can judge (`provider/anything`), the longest alias with `*`
 * that fits, a provider that might have the name, and last a stand-in for a name that clients have built in. Nothing stands in
 * for what the operator wrote, and no provider is asked for a Claude that none lists.
 * @returns one model, or those of an alias with a list, in its order; never none
 * @throws OpenCompatError OC_MODEL_NOT_FOUND
 */
export function resolveModels(
  name: string,
  providers: readonly Provider[],
  { aliases, modelStandIns }: NameRules,
  judge: Judge = nobody,
): ResolvedModel[] {
  const search = { providers, aliases, modelStandIns, judge };
  const found = name.length <= maxNameCharacters ? find(name, search, []) : [];
  if (found.length === 0) throw notFound(name, providers, aliases);
  return found.slice(0, maxCandidates).map((model) => ({ requested: name, id: model.info.id, ...model }));
}

/** @param isShown may a model be proposed instead? Default: any */
export function notFound(
  name: string,
  providers: readonly Provider[],
  aliases: Aliases,
  isShown?: (model: ListedModel) => boolean,
): OpenCompatError {
  const details = { model: name.slice(0, maxNameCharacters), near: describeNear(name, providers, aliases, isShown) };
  return new OpenCompatError('OC_MODEL_NOT_FOUND', details, { param: 'model' });
}

/** Models that only draw: no provider lists them, as another model draws in their name. */
const drawingName = /^(gpt-image|chatgpt-image|dall-e)/;

/**
 * Resolves a name for a request for a picture: any model of a provider that draws, or the name of a model that only
 * draws, for which the first provider that can draw uses its own drawing model.
 * @throws OpenCompatError OC_MODEL_NOT_FOUND, OC_NOT_SERVED
 */
export function resolveDrawingModels(name: string, providers: readonly Provider[], rules: NameRules): ResolvedModel[] {
  const { provider: named, id } = splitPrefix(name, providers);
  if (name.length > maxNameCharacters || Object.hasOwn(rules.aliases, name) || !drawingName.test(id)) {
    const models = resolveModels(name, providers, rules);
    const drawing = models.filter(({ provider }) => provider.drawingModel?.());
    if (drawing.length > 0) return drawing;
    throw new OpenCompatError('OC_NOT_SERVED', { provider: models[0]!.provider.title, what: 'images' });
  }
  const drawing = (named ? [named] : providers).flatMap((provider) => {
    const info = provider.drawingModel?.();
    return info ? [{ requested: name, id: info.id, provider, info }] : [];
  });
  const ready = drawing.filter(({ provider }) => provider.readiness().isReady);
  const [model] = [...ready, ...drawing];
  if (!model)
    throw new OpenCompatError('OC_NOT_SERVED', { provider: named?.title ?? 'No provider here', what: 'images' });
  return [model];
}

/** @param path the aliases that have led here */
function find(name: string, search: Search, path: readonly string[]): Found[] {
  const { providers, aliases, modelStandIns, judge } = search;
  if (isAlias(name, search, path)) return followAlias(name, search, path);
  const full = findFull(name, search, path);
  if (full.length > 0) return full;
  for (const tag of [defaultTag, contextTag]) {
    if (name.endsWith(tag)) return find(name.slice(0, -tag.length), search, path);
  }

  const [, base, effort] = effortSuffix.exec(name) ?? [];
  const reasoning = base ? findFull(base, search, path) : [];
  if (reasoning.some(({ info }) => info.efforts.length > 0)) {
    return reasoning.map((found) =>
      found.info.efforts.length > 0 ? { ...found, effort: effort as ReasoningEffort } : found,
    );
  }

  const { provider, id } = splitPrefix(name, providers);
  const info = usableName.test(id) ? provider?.unlistedModel?.(id) : undefined;
  if (provider && info) return [{ provider, info }];

  const pattern = longestFit(
    name,
    Object.keys(aliases).filter((alias) => alias.includes('*')),
  );
  if (pattern !== undefined) return followAlias(pattern, search, path);
  const standIn = modelStandIns && path.length === 0 ? findStandIn(name, providers) : undefined;
  if (!standIn) return judge(name);
  return isClaude(name) ? [standIn] : [...judge(name), standIn];
}

/** An alias whose target has the name of the alias means the model of that name. */
function isAlias(name: string, { aliases }: Search, path: readonly string[]): boolean {
  return Object.hasOwn(aliases, name) && !path.includes(name);
}

function findFull(name: string, search: Search, path: readonly string[]): Found[] {
  if (isAlias(name, search, path)) return followAlias(name, search, path);
  const { providers } = search;
  // A provider that cannot answer still lists its models; one that can comes first.
  for (const isReady of [true, false]) {
    for (const provider of providers) {
      const info = findIn(provider, name);
      if (info && provider.readiness().isReady === isReady) return [{ provider, info }];
    }
  }
  const prefixed = splitPrefix(name, providers);
  const info = prefixed.provider && findIn(prefixed.provider, prefixed.id);
  return prefixed.provider && info ? [{ provider: prefixed.provider, info }] : [];
}

function followAlias(alias: string, search: Search, path: readonly string[]): Found[] {
  // Ends a chain that leads back to itself: an alias with `*` may match its own target.
  if (path.length >= maxAliasHops || path.includes(alias)) return [];
  return [search.aliases[alias]!].flat().flatMap((target) => find(target, search, [...path, alias]));
}

/** One that can answer goes before one that cannot; an effort behind the name counts for the stand-in too. */
function findStandIn(name: string, providers: readonly Provider[]): Found | undefined {
  const [, base = name, effort] = effortSuffix.exec(name) ?? [];
  for (const isReady of [true, false]) {
    const listed = listModels(providers.filter((provider) => provider.readiness().isReady === isReady));
    const models = listed.filter(({ info }) => info.purpose === undefined);
    const whole = chooseStandIn(name, models);
    const found = whole ?? chooseStandIn(base, models);
    if (!found) continue;
    const { provider, info } = found;
    const takesEffort = !whole && info.efforts.length > 0;
    return { provider, info, isStandIn: true, ...(takesEffort && { effort: effort as ReasoningEffort }) };
  }
  return undefined;
}

function findIn(provider: Provider, id: string): ModelInfo | undefined {
  return provider.models().find((info) => info.id === id);
}

/** `provider/model` taken apart; the provider's name in any case, the model's name may hold further slashes. */
export function splitPrefix(name: string, providers: readonly Provider[]): { provider?: Provider; id: string } {
  const slash = name.indexOf('/');
  const prefix = name.slice(0, Math.max(0, slash)).toLowerCase();
  const id = name.slice(slash + 1);
  const provider = id ? providers.find((candidate) => candidate.name === prefix) : undefined;
  return { provider, id: provider ? id : name };
}

function describeNear(
  name: string,
  providers: readonly Provider[],
  aliases: Aliases,
  isShown?: (model: ListedModel) => boolean,
): string {
  const { provider, id } = splitPrefix(name.slice(0, maxNameCharacters), providers);
  // Of a name with the prefix of a provider that is not here, the model's own name is what is near to something.
  const asked = (provider ? id : id.slice(id.lastIndexOf('/') + 1)).toLowerCase();
  const target = !isShown && Object.hasOwn(aliases, name) ? [aliases[name]!].flat() : undefined;
  if (target) {
    const targets = target.map((model) => `\`${model.slice(0, maxNameCharacters)}\``).join(', ');
    return ` It is an alias, and no target of it (${targets}) is served here.`;
  }
  const near = listModels(providers, aliases)
    .filter((model) => !isShown || isShown(model))
    .map(({ id }) => id)
    .map((candidate) => ({ candidate, steps: distance(asked, candidate.toLowerCase()) }))
    .filter(({ candidate, steps }) => steps <= Math.max(2, Math.ceil(candidate.length / 2)))
    .sort((a, b) => a.steps - b.steps)
    .slice(0, maxNearNames)
    .map(({ candidate }) => `\`${candidate}\``);
  const stranger = describeStranger(name, providers);
  if (near.length === 0) return `${stranger} GET /v1/models lists the models.`;
  return `${stranger} Did you mean ${near.join(' or ')}?`;
}

/** Other servers take names such as `openai/gpt-5.5`; here a provider stands before the slash. */
function describeStranger(name: string, providers: readonly Provider[]): string {
  const [, prefix] = /^([\w.-]{1,40})\/./.exec(name) ?? [];
  if (prefix === undefined || splitPrefix(name, providers).provider) return '';
  const names = providers.map((provider) => `\`${provider.name}\``).join(', ');
  return ` There is no provider \`${prefix}\` (there are ${names}).`;
}
