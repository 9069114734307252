import { type ForwardingServices } from '../lib/chain/forwarding.ts';
import type { Request } from '../lib/chain/middleware.ts';
import { type Route, type RouteServices } from '../lib/server/route.ts';
export declare function openForwarding({ config, providers, lasting }: RouteServices): ForwardingServices;
/** @throws OpenCompatError OC_INVALID_VALUE for anything but an uncompressed form */
export declare function readFormHead({ headers }: Request): {
    contentType: string;
    boundary: string;
    lengthBytes?: number;
};
declare const forwarded: readonly Route[];
export default forwarded;
