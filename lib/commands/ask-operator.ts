import { askServer, describeSilence, type ServerAnswer } from './ask-server.ts';
import { chooseServer } from './running-server.ts';

interface AskedOfServer {
  readonly path: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** JSON. */
  readonly body?: string;
  readonly limitMs: number;
}

/** Asks the running server what only its operator may. @returns its answer, or why there is none, in words */
export async function askOperator(port: string | undefined, asked: AskedOfServer): Promise<ServerAnswer | string> {
  const server = chooseServer(port);
  if (typeof server === 'string') return server;
  return askWithKey(server, asked);
}

/** Asks a server what it tells only to who has a key. @returns its answer, or why there is none, in words */
export async function askWithKey(
  { url, key }: { url: string; key: string | undefined },
  { path, body, ...options }: AskedOfServer,
): Promise<ServerAnswer | string> {
  const headers = {
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  try {
    const answer = await askServer(url + path, { ...options, headers, body });
    return answer.status === 200 ? answer : `The server at ${url} refused: HTTP ${answer.status} ${answer.body}`;
  } catch (error) {
    return `The server at ${url} cannot be reached: ${describeSilence(error as Error, options.limitMs)}.`;
  }
}
