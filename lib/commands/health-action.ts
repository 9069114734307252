import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { loadConfig } from '../config/load.ts';
import { parseObject } from '../lenient-json.ts';
import { ownAddress } from './own-address.ts';

/** Container engines give a check a few seconds; answering before they cut the check off shows the fault. */
const limitMs = 3000;

/** `node:http` rather than `fetch`, which costs a check that runs every few seconds twice the time. */
async function ask(host: string, port: number, path: string): Promise<{ isOk: boolean; body: string }> {
  return new Promise((resolve, reject) => {
    request({ host, port, path, agent: false, signal: AbortSignal.timeout(limitMs) }, (answer) => {
      text(answer).then((body) => resolve({ isOk: answer.statusCode === 200, body }), reject);
    })
      .on('error', reject)
      .end();
  });
}

function describe(error: Error & { code?: string }): string {
  return error.name === 'AbortError'
    ? `it did not answer within ${limitMs / 1000} seconds`
    : (error.code ?? error.message);
}

/** Prints the server's answer, or that somebody else gave it, or why it is missing; the exit status is for container engines. @throws ConfigError */
export async function runHealth({ ready, ...flags }: Record<string, unknown>): Promise<void> {
  const { config } = loadConfig({ flags });
  const { host, port, authority } = ownAddress(config);
  try {
    const { isOk, body } = await ask(host, port, ready ? '/ready' : '/health');
    if (typeof parseObject(body)?.status !== 'string') throw new Error('another program answers there');
    console.log(body);
    if (!isOk || (ready && parseObject(body)?.status !== 'ready')) process.exitCode = 1;
  } catch (error) {
    console.error(`No healthy server at ${authority}: ${describe(error as Error)}.`);
    process.exitCode = 1;
  }
}
