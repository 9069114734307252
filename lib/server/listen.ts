import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OpenCompatError } from '../errors.ts';

/** @throws OpenCompatError OC_CANNOT_LISTEN */
export async function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  }).catch((error: NodeJS.ErrnoException) => {
    throw new OpenCompatError(
      'OC_CANNOT_LISTEN',
      { address: `${host}:${port}`, reason: describeListenError(error) },
      { cause: error },
    );
  });
  return server.address() as AddressInfo;
}

const listenErrors: Record<string, string> = {
  EADDRINUSE: 'another program already listens there',
  EACCES: 'this user has no permission; ports below 1024 are often reserved',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such name',
};

function describeListenError({ code, message }: NodeJS.ErrnoException): string {
  const words = listenErrors[code ?? ''];
  return words ? `${words} (${code})` : (code ?? message);
}

/** `http://host:port`, as a client on this machine reaches it. */
export function urlOf({ address, port, family }: AddressInfo): string {
  const host =
    address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '[::1]' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
