import { type Request } from '../lib/chain/middleware.ts';
/**
 * `Authorization: Bearer KEY` (RFC 6750 §2.1, https://www.rfc-editor.org/rfc/rfc6750#section-2.1), or the other headers that
 * SDKs use.
 */
export declare function presentedKey({ headers }: Request): string | undefined;
/**
 * Identifies the client. Where there are client keys, in the configuration or made by `opencompat keys`, refuses requests without one, and addresses that send many wrong
 * ones (IPv6 by their /56).
 */
declare const _default: import("../lib/chain/middleware.ts").Middleware<import("../lib/json-schema.ts").JsonSchema>;
export default _default;
