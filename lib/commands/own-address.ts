import type { Config } from '../config/schema.ts';

/** Where a server is reached from its own machine. */
export interface OwnAddress {
  host: string;
  port: number;
  /** `127.0.0.1:8080` */
  authority: string;
}

/** Of the server that a configuration describes. */
export function ownAddress({ host: listensOn, port }: Pick<Config, 'host' | 'port'>): OwnAddress {
  const host = listensOn === '0.0.0.0' ? '127.0.0.1' : listensOn === '::' ? '::1' : listensOn;
  return { host, port, authority: `${host.includes(':') ? `[${host}]` : host}:${port}` };
}
