import type http from 'node:http';
import type { Logger } from '../log.ts';
import type { BackgroundAnswers } from './background.ts';
import type { ResumableStreams } from './resumable.ts';
import type { ServerState } from './route.ts';
import type { Snapshots } from './snapshots.ts';
import type { ResponseSockets } from './sockets.ts';
import type { UpgradedConnections } from './upgrades.ts';
export interface DrainOptions {
    server: http.Server;
    snapshots: Pick<Snapshots, 'live' | 'config'>;
    log: Logger;
    state: ServerState;
    sockets: ResponseSockets;
    resumable: ResumableStreams;
    background: BackgroundAnswers;
    upgraded: UpgradedConnections;
}
/**
 * Returns the function that drains a server: it takes no new connections, exchanges may finish within `shutdownGrace`, later
 * ones end with an error, and connections without a running request are closed.
 */
export declare function createDrain(options: DrainOptions): () => Promise<void>;
