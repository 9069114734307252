import { type RequestCarrier } from './request-carrier.ts';
/** @param connectTimeoutMs for each step: the proxy, the server, TLS */
export declare function createDispatchCarrier(connectTimeoutMs: number): RequestCarrier;
