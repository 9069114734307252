/** Sends a request with its body as it comes, and gives its answer as it comes. */
import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { OpenCompatError } from '../errors.ts';
import { ConnectionPool } from '../outgoing/connections.ts';
import { describeNetworkError } from '../outgoing/network-errors.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../providers/provider.ts';
import { Secret } from '../secret.ts';

/** A body, of which the first part may have been read already. */
export interface ForwardedBody {
  readonly head: Buffer;
  /** What follows it. Absent: nothing. */
  readonly rest?: Readable;
  /** Bytes in all, where known. */
  readonly length?: number;
}

export interface ForwardOptions {
  providerTitle: string;
  /** Longest silence, in either direction. */
  idleTimeoutMs: number;
  signal: AbortSignal;
}

export interface Forwarder {
  /** @throws OpenCompatError OC_UPSTREAM_UNREACHABLE, OC_UPSTREAM_TIMEOUT; the signal's reason when it is aborted */
  send(
    request: Pick<UpstreamRequest, 'method' | 'url' | 'headers'>,
    body: ForwardedBody | undefined,
    options: ForwardOptions,
  ): Promise<UpstreamAnswer>;
  close(): void;
}

/** @param connectTimeoutMs for each step: the proxy, the server, TLS */
export function createForwarder(connectTimeoutMs: number): Forwarder {
  const pool = new ConnectionPool(connectTimeoutMs);
  return {
    send: ({ method, url, headers }, body, { providerTitle, idleTimeoutMs, signal }) =>
      new Promise((resolve, reject) => {
        const { request } = url.protocol === 'https:' ? https : http;
        const sent = { ...uncovered(headers), ...(body?.length !== undefined && { 'content-length': body.length }) };
        const outgoing = request(url, { method, headers: sent, agent: pool.agentFor(url.origin), signal });
        outgoing.setTimeout(idleTimeoutMs, () => {
          const seconds = idleTimeoutMs / 1000;
          outgoing.destroy(new OpenCompatError('OC_UPSTREAM_TIMEOUT', { provider: providerTitle, seconds }));
        });
        outgoing.once('response', (answer) => {
          // What is left of the body is read and discarded: the upstream has answered without it.
          body?.rest?.unpipe(outgoing).resume();
          resolve(answer as UpstreamAnswer);
        });
        outgoing.on('error', (error) => {
          if (signal.aborted) reject(signal.reason);
          else if (error instanceof OpenCompatError) reject(error);
          else {
            const details = { provider: providerTitle, reason: describeNetworkError(error) };
            reject(new OpenCompatError('OC_UPSTREAM_UNREACHABLE', details, { cause: error }));
          }
        });
        if (body && body.head.length > 0) outgoing.write(body.head);
        if (body?.rest) body.rest.pipe(outgoing);
        else outgoing.end();
      }),
    close: () => pool.close(),
  };
}

function uncovered(headers: UpstreamRequest['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]),
  );
}
