/** Models for clients that may name only some: to them, the others do not exist. */
import { OpenCompatError } from '../errors.ts';
import { fitsPattern } from '../name-pattern.ts';
import type { Provider, ResolvedModel } from '../providers/provider.ts';
import { findModels } from './find.ts';
import { type Found, type ListedModel, type NameRules, notFound } from './resolve.ts';

/** Patterns, as `models` of a client key has them; undefined: all models. */
export type Allowed = readonly string[] | undefined;

function isAllowed(name: string, allowed: readonly string[]): boolean {
  return allowed.some((pattern) => fitsPattern(name, pattern));
}

/** By its own name, or behind that of its provider. */
function isModelAllowed({ provider, info }: Found, allowed: readonly string[]): boolean {
  return isAllowed(info.id, allowed) || isAllowed(`${provider.name}/${info.id}`, allowed);
}

export function isListed(model: ListedModel, allowed: Allowed): boolean {
  return allowed === undefined || isAllowed(model.id, allowed) || isModelAllowed(model, allowed);
}

/** May every model of a provider be used, whatever its name is? */
export function areAllAllowed(provider: string, allowed: Allowed): boolean {
  return (
    allowed === undefined ||
    isAllowed(
      `${provider}/`,
      allowed.filter((pattern) => pattern.endsWith('*')),
    )
  );
}

/**
 * As `findModels`. A name that is allowed stands for whatever it leads to, such as an alias for its models; any other for those
 * of its models that are allowed.
 * @throws OpenCompatError OC_MODEL_NOT_FOUND, as of a name that nobody knows, for all else
 */
export function findAllowedModels(
  name: string,
  providers: readonly Provider[],
  rules: NameRules,
  allowed: Allowed,
  draws = false,
): ResolvedModel[] | Promise<ResolvedModel[]> {
  if (allowed === undefined) return findModels(name, providers, rules, draws);
  return findSome(name, providers, rules, allowed, draws);
}

async function findSome(
  name: string,
  providers: readonly Provider[],
  rules: NameRules,
  allowed: readonly string[],
  draws: boolean,
): Promise<ResolvedModel[]> {
  const unknown = () => notFound(name, providers, rules.aliases, (model) => isListed(model, allowed));
  const isNamed = isAllowed(name, allowed);
  let found: ResolvedModel[];
  try {
    found = await findModels(name, providers, rules, draws);
  } catch (error) {
    const isUnknown = error instanceof OpenCompatError && error.code === 'OC_MODEL_NOT_FOUND';
    throw isNamed && !isUnknown ? error : unknown();
  }
  const permitted = isNamed ? found : found.filter((model) => isModelAllowed(model, allowed));
  if (permitted.length === 0) throw unknown();
  return permitted;
}
