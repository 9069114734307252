import { loadConfig } from '../config/load.ts';
import { parseObject } from '../lenient-json.ts';
import { askServer, describeSilence } from './ask-server.ts';

/** Container engines give a check a few seconds; answering before they cut the check off shows the fault. */
const limitMs = 3000;

/** Where a server that listens on `host` is reached from its own machine. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/** Prints the server's answer, or that somebody else gave it, or why it is missing; the exit status is for container engines. @throws ConfigError */
export async function runHealth({ ready, ...flags }: Record<string, unknown>): Promise<void> {
  const { config } = loadConfig({ flags });
  const host = reachableHost(config.host);
  const origin = `${host.includes(':') ? `[${host}]` : host}:${config.port}`;
  try {
    const { status, body } = await askServer(`http://${origin}${ready ? '/ready' : '/health'}`, { limitMs });
    if (typeof parseObject(body)?.status !== 'string') throw new Error('another program answers there');
    console.log(body);
    if (status !== 200 || (ready && parseObject(body)?.status !== 'ready')) process.exitCode = 1;
  } catch (error) {
    console.error(`No healthy server at ${origin}: ${describeSilence(error as Error, limitMs)}.`);
    process.exitCode = 1;
  }
}
