/** Where the aliases of the configuration lead, and what they stand in front of: for people, at start and in commands. */
import type { Provider } from '../providers/provider.ts';
import { type Aliases } from './resolve.ts';
export interface AliasReport {
    readonly alias: string;
    /** `chatgpt/gpt-5.5`, in the order in which they are asked; with the effort that the alias says. */
    readonly goesTo: readonly string[];
    /** What is written for it and served by nobody, as far as is known. */
    readonly nowhere: readonly string[];
    /** `copilot/gpt-4o`: what has this very name, and is reached by its full one. */
    readonly insteadOf: readonly string[];
}
export declare function reportAliases(providers: readonly Provider[], aliases: Aliases): AliasReport[];
/** `gpt-4o → chatgpt/gpt-5.5, not copilot/gpt-4o: the alias counts`. */
export declare function describeAlias({ alias, goesTo, nowhere, insteadOf }: AliasReport): string;
/** Is there something about it that its author should know? */
export declare function isOdd({ nowhere, insteadOf }: AliasReport): boolean;
