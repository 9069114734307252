import type { Logger } from '../log.ts';
import type { ProvidedProvider, Provider } from './provider.ts';
/**
 * Wraps a plugin's provider, under its configured name, so that its faults affect only its own models: requests for any model
 * ask it for its models and its state.
 * @throws TypeError for an object that is not a provider
 */
export declare function guardProvider(provider: ProvidedProvider, name: string, log: Logger): Provider;
