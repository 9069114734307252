import type { CanonicalRequest } from '../../canonical/types.ts';
import { type Json } from '../../lenient-json.ts';
/** @throws OpenCompatError OC_UNSUPPORTED_VALUE for content that the API has no form for */
export declare function toMessages({ input, instructions }: CanonicalRequest): {
    system: Json[];
    messages: Json[];
};
