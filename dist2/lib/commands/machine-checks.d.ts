import type { LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import type { NamedCheck } from './findings.ts';
/** @param load @throws ConfigError */
export declare function configCheck(load: () => Promise<LoadedConfig>): NamedCheck;
export declare function folderChecks({ dataDir, cacheDir }: Config): NamedCheck[];
/** Asks each provider for the account, as `opencompat info` does. @param signedOut is given the providers without a sign-in */
export declare function signInChecks(config: Config, signedOut: Set<string>): NamedCheck[];
