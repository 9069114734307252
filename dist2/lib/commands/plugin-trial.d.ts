import type { Middleware } from '../chain/middleware.ts';
import type { ProviderPlugin } from '../providers/definition.ts';
import type { NamedCheck } from './findings.ts';
type Plugin = Middleware | ProviderPlugin;
type Options = Record<string, unknown>;
/** @throws ConfigError for options that the plugin does not take, and where it cannot be created */
export declare function trialOf(plugin: Plugin, options: Options): NamedCheck;
export {};
