/** Which kept connections can no longer be used. */
import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';

/** A connection that was idle for longer is not used: what lies in between may have forgotten it, or the machine slept. */
export const maxIdleMs = 30_000;
/** After this time the machine's addresses are looked at: another network leaves connections that lead nowhere. */
const addressCheckMs = 1_000;
/** The addresses are asked for no more often than this: under load there are many connections, and a request each time. */
export const lookEveryMs = 250;

export function isUseless(socket: Socket, idleMs: number): boolean {
  // A clock that was set back says nothing of the time that passed.
  if (idleMs > maxIdleMs || idleMs < 0) return true;
  return idleMs >= addressCheckMs && !recentAddresses().has(socket.localAddress ?? '');
}

let recent: { addresses: ReadonlySet<string>; atMs: number } | undefined;

function recentAddresses(): ReadonlySet<string> {
  const nowMs = Date.now();
  if (!recent || Math.abs(nowMs - recent.atMs) >= lookEveryMs) recent = { addresses: ownAddresses(), atMs: nowMs };
  return recent.addresses;
}

/** Of this machine, now. */
export function ownAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  // A socket names IPv4 inside IPv6 where it listens on both; one that connects names what it is.
  return new Set(all.map(({ address }) => address));
}
