/** The server: its listening socket, its life and its graceful shutdown. */
import type { AddressInfo } from 'node:net';
import type { LoadedConfig } from '../config/load.ts';
import { type Logger } from '../log.ts';
import type { ReloadReport } from './config-state.ts';
import { type GivenParts } from './snapshot.ts';
export interface ServerOptions extends GivenParts {
    /** Where log lines go. Default: standard output. */
    logStream?: NodeJS.WritableStream;
    /** Reads the configuration anew, for a reload. Default: there is nothing to be read. */
    load?: () => LoadedConfig | Promise<LoadedConfig>;
    /** Opens what is the operator's alone. Default: nobody may. */
    operatorKey?: string;
    /** Called before the log says where the server listens. Never rejects. */
    onListening?(url: string, log: Logger): Promise<void>;
}
export interface RunningServer {
    /** `http://host:port`, as a client on this machine reaches it. */
    readonly url: string;
    readonly address: AddressInfo;
    readonly log: Logger;
    /**
     * Logs an uncaught error, and ends the request or the connection that it arose in.
     * @returns false when it arose outside every request, connection and plugin
     */
    outlive(error: unknown): boolean;
    /** Takes up a changed configuration. Never rejects. @param reason for the log */
    reload(reason: string): Promise<ReloadReport>;
    /** Takes no new connections, lets running exchanges finish within `shutdownGrace`, then ends them with an error. */
    close(): Promise<void>;
}
/** Starts a server. Everything it opens is closed by `close()`. */
export declare function createServer(loaded: LoadedConfig, options?: ServerOptions): Promise<RunningServer>;
