import { loadConfig } from '../config/load.ts';
import { parseObject } from '../lenient-json.ts';
import { askServer, describeSilence } from './ask-server.ts';
import { ownAddress } from './own-address.ts';

/** Container engines give a check a few seconds; answering before they cut the check off shows the fault. */
const limitMs = 3000;

/** Prints the server's answer, or that somebody else gave it, or why it is missing; the exit status is for container engines. @throws ConfigError */
export async function runHealth({ ready, ...flags }: Record<string, unknown>): Promise<void> {
  const { config } = loadConfig({ flags });
  const address = ownAddress(config);
  try {
    const { status, body } = await askServer(`http://${address}${ready ? '/ready' : '/health'}`, { limitMs });
    if (typeof parseObject(body)?.status !== 'string') throw new Error('another program answers there');
    console.log(body);
    if (status !== 200 || (ready && parseObject(body)?.status !== 'ready')) process.exitCode = 1;
  } catch (error) {
    console.error(`No healthy server at ${address}: ${describeSilence(error as Error, limitMs)}.`);
    process.exitCode = 1;
  }
}
