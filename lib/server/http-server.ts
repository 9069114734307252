/** The application behind HTTP: its limits, its upgrades, and the last boundary around errors. */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import { answerWithError } from '../chain/error-answer.ts';
import type { Config } from '../config/schema.ts';
import { EventSum } from '../event-sum.ts';
import type { Logger } from '../log.ts';
import { pluginBehind } from '../plugin-imports.ts';
import { Connections } from './connections.ts';
import { createErrorBoundary, type ErrorBoundary } from './error-boundary.ts';
import { readyForLoad } from './heap.ts';
import { innerOriginOf } from './inner-request.ts';
import type { LastingParts } from './lasting-parts.ts';
import { answerClientError } from './malformed-http.ts';
import type { Snapshots } from './snapshots.ts';
import { serveUpgrades, type UpgradedConnections } from './upgrades.ts';

type ConnectionLimits = Pick<Config, 'requestTimeout' | 'headersTimeout' | 'keepAliveTimeout' | 'maxConnections'>;

export interface HttpServer {
  /** Does not listen yet. */
  readonly server: http.Server;
  readonly connections: Connections;
  readonly upgraded: UpgradedConnections;
  readonly boundary: ErrorBoundary;
  /** Answers a request with an error, if it can still be answered. */
  answer(error: unknown, req: IncomingMessage, res: ServerResponse): void;
  /** Logs an uncaught error. @returns false for a plugin's, which ends nothing else */
  report(error: unknown): boolean;
}

export function createHttpServer(snapshots: Snapshots, { log, apis }: Pick<LastingParts, 'log' | 'apis'>): HttpServer {
  function report(error: unknown): boolean {
    const plugin = pluginBehind(error);
    log.error('an uncaught error', { plugin, error });
    return plugin === undefined;
  }
  const answer: HttpServer['answer'] = (error, req, res) =>
    answerWithError(error, req as Request, res as Response, { log, apis });
  const boundary = createErrorBoundary({ report, answer });
  const listener = boundary.guardRequests((req, res) => {
    innerOriginOf(req)?.onRequest?.(req);
    snapshots.current.app(req, res);
  });
  // Most delay before a timeout is noticed.
  const connectionsCheckingInterval = Math.min(5_000, snapshots.config.headersTimeout * 500);
  const server = http.createServer({ connectionsCheckingInterval }, listener);
  limitServer(server, snapshots.config);
  boundary.guardServer(server);
  server.on('clientError', answerClientError);
  tellOfDropped(server, log);
  server.once('connection', readyForLoad);
  const connections = new Connections(server);
  const upgraded = serveUpgrades(server, listener, connections);
  return { server, connections, upgraded, boundary, answer, report };
}

/** Sets what a reload may change. */
export function limitServer(server: http.Server, config: ConnectionLimits): void {
  server.requestTimeout = config.requestTimeout * 1000;
  server.headersTimeout = config.headersTimeout * 1000;
  server.keepAliveTimeout = config.keepAliveTimeout * 1000;
  server.maxConnections = config.maxConnections || Number.POSITIVE_INFINITY;
}

/** Connections beyond the limit are closed before a byte is read; the log has a line for each minute in which that happens. */
function tellOfDropped(server: http.Server, log: Logger): void {
  const dropped = new EventSum(60_000, (connections) => {
    const { maxConnections } = server;
    log.warn('connections were closed at once: there are as many as `maxConnections`', { connections, maxConnections });
  });
  server.on('drop', () => dropped.add());
}
