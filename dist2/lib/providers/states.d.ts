import type { Provider, Readiness } from './provider.ts';
/** The state of each provider, for whoever looks at the server; by then it knows of sign-ins that another process made or ended. */
export declare function lookAtProviders(providers: readonly Provider[]): Promise<({
    name: string;
} & Readiness)[]>;
