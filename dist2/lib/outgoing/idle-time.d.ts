/** Which kept connections can no longer be used. */
import type { Socket } from 'node:net';
/** A connection that was idle for longer is not used: what lies in between may have forgotten it, or the machine slept. */
export declare const maxIdleMs = 30000;
/** The addresses are asked for no more often than this: under load there are many connections, and a request each time. */
export declare const lookEveryMs = 250;
export declare function isUseless(socket: Socket, idleMs: number): boolean;
/** Of this machine, now. */
export declare function ownAddresses(): ReadonlySet<string>;
