import type { CanonicalRequest } from './types.ts';
/**
 * Takes the `configuration_update` items out of a whole conversation: each stays in force until another replaces it, so that the
 * last effort and the last format count. No upstream has to know these items then.
 * (Type `ResponseConfigurationUpdateItemParam` of the openai package 7.59.)
 */
export declare function takeConfigurationUpdates(request: CanonicalRequest): CanonicalRequest;
