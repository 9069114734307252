import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
/** @throws OpenCompatError OC_CANNOT_LISTEN */
export declare function listen(server: Server, port: number, host: string): Promise<AddressInfo>;
/** `http://host:port`, as a client on this machine reaches it. */
export declare function urlOf({ address, port, family }: AddressInfo): string;
