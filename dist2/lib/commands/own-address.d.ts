import type { Config } from '../config/schema.ts';
/** Where the server that a configuration describes is reached from its own machine: `127.0.0.1:8080`. */
export declare function ownAddress({ host: listensOn, port }: Pick<Config, 'host' | 'port'>): string;
