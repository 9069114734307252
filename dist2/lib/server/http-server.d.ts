/** The application behind HTTP: its limits, its upgrades, and the last boundary around errors. */
import http from 'node:http';
import type { Config } from '../config/schema.ts';
import { type ErrorBoundary } from './error-boundary.ts';
import type { LastingParts } from './lasting-parts.ts';
import type { Snapshots } from './snapshots.ts';
import { type UpgradedConnections } from './upgrades.ts';
type ConnectionLimits = Pick<Config, 'requestTimeout' | 'headersTimeout' | 'keepAliveTimeout' | 'maxConnections'>;
export interface HttpServer {
    /** Does not listen yet. */
    readonly server: http.Server;
    readonly upgraded: UpgradedConnections;
    readonly boundary: ErrorBoundary;
    /** Logs an uncaught error. @returns false for a plugin's, which ends nothing else */
    report(error: unknown): boolean;
}
export declare function createHttpServer(snapshots: Snapshots, { log, apis }: Pick<LastingParts, 'log' | 'apis'>): HttpServer;
/** Sets what a reload may change. */
export declare function limitServer(server: http.Server, config: ConnectionLimits): void;
export {};
