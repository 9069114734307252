/** A server with a console, and whoever uses it: a page with a cookie, or a script with an admin key. */
import { writeHash } from '../../../lib/config/key-hash.ts';
import { type Cleanup, createHarness, type Harness, type HarnessOptions } from '../../support/index.ts';
import { type RawAnswer, rawRequest } from '../../support/raw-request.ts';

export const adminKey = 'the-admin-key';
export const operatorKey = 'the-operator-key';

interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** @param path below `/console/api/` */
export function ask(
  h: Harness,
  method: string,
  path: string,
  { body, headers = {} }: RequestOptions = {},
): Promise<RawAnswer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return rawRequest(`${h.url}/console/api/${path}`, {
    method,
    headers: { ...(text !== undefined && { 'content-type': 'application/json' }), ...headers },
    body: text,
  });
}

export interface ConsoleHarness extends Harness {
  /** As a script with the admin key. @throws for a status of 400 and above */
  admin<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>;
}

export async function createConsole(t: Cleanup, { config, ...options }: HarnessOptions = {}): Promise<ConsoleHarness> {
  const adminKeys = [writeHash(adminKey)];
  const h = await createHarness(t, { operatorKey, ...options, config: { adminKeys, ...config } });
  async function admin<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await ask(h, method, path, { body, headers: { authorization: `Bearer ${adminKey}` } });
    if (answer.status >= 400) throw new Error(`HTTP ${answer.status} ${answer.body}`);
    return (answer.body === '' ? undefined : JSON.parse(answer.body)) as T;
  }
  return Object.assign(h, { admin });
}

/** A page that is signed in: the headers of its requests. */
export async function signIn(h: Harness, proof: object = { key: adminKey }): Promise<Record<string, string>> {
  const answer = await ask(h, 'POST', 'session', { body: proof });
  if (answer.status !== 200) throw new Error(`HTTP ${answer.status} ${answer.body}`);
  return { cookie: cookieOf(answer), 'x-csrf-token': JSON.parse(answer.body).csrf };
}

/** The cookie as a browser sends it back. */
export function cookieOf({ headers }: RawAnswer): string {
  return headers['set-cookie']![0]!.split(';')[0]!;
}

/** The public code of a refusal, behind its status. */
export function codeOf({ status, body }: RawAnswer): string {
  return `${status} ${JSON.parse(body).error.code}`;
}
