import type { CanonicalRequest } from './types.ts';
/**
 * @param title the provider's name, at the beginning of a sentence
 * @throws OpenCompatError OC_UNSUPPORTED_PARAMETER for a request that needs state which the upstream does not keep
 */
export declare function refuseKeptState(request: CanonicalRequest, title: string): void;
/**
 * Names each parameter of the request that the provider does not accept and this server does not emulate; fields of `extra` by
 * their own names, marks of tools, items and reasoning as `tools.async`.
 */
export declare function ignoreOthers(request: Partial<CanonicalRequest>, taken: ReadonlySet<string>, ignore: (param: string) => void): void;
