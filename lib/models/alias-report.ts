/** Where the aliases of the configuration lead, and what they stand in front of: for people, at start and in commands. */
import type { Provider } from '../providers/provider.ts';
import { type Aliases, findKnown } from './resolve.ts';

export interface AliasReport {
  readonly alias: string;
  /** `chatgpt/gpt-5.5`, in the order in which they are asked; with the effort that the alias says. */
  readonly goesTo: readonly string[];
  /** What is written for it and served by nobody, as far as is known. */
  readonly nowhere: readonly string[];
  /** `copilot/gpt-4o`: what has this very name, and is reached by its full one. */
  readonly insteadOf: readonly string[];
}

export function reportAliases(providers: readonly Provider[], aliases: Aliases): AliasReport[] {
  return Object.entries(aliases).map(([alias, written]) => {
    const targets = [written].flat();
    const found = targets.map((target) => findKnown(target, providers, aliases, [alias]));
    const goesTo = found.flat().map(({ provider, info, effort }) => {
      const model = `${provider.name}/${info.id}`;
      return effort ? `${model} (effort ${effort})` : model;
    });
    const namesakes = providers.filter((provider) => provider.models().some(({ id }) => id === alias));
    const insteadOf = namesakes.map(({ name }) => `${name}/${alias}`).filter((model) => !goesTo.includes(model));
    return { alias, goesTo, nowhere: targets.filter((_, index) => found[index]!.length === 0), insteadOf };
  });
}

/** `gpt-4o → chatgpt/gpt-5.5, not copilot/gpt-4o: the alias counts`. */
export function describeAlias({ alias, goesTo, nowhere, insteadOf }: AliasReport): string {
  const quoted = nowhere.map((target) => `\`${target}\``).join(', ');
  const missing = nowhere.length > 0 ? `nobody here serves ${quoted}` : '';
  const shadowed = insteadOf.length > 0 ? `the alias counts, not ${insteadOf.join(', ')}` : '';
  const notes = [missing, shadowed].filter(Boolean).join('; ');
  return `${alias} → ${goesTo.join(', then ') || 'leads nowhere'}${notes && ` (${notes})`}`;
}

/** Is there something about it that its author should know? */
export function isOdd({ nowhere, insteadOf }: AliasReport): boolean {
  return nowhere.length > 0 || insteadOf.length > 0;
}
