import type { UpstreamRequest } from './provider.ts';
/** Some servers quote the key that they refuse. */
export declare function withoutSecrets(text: string, headers: UpstreamRequest['headers']): string;
