import { parseObject } from '../lenient-json.ts';
import type { ReloadReport } from '../server/config-state.ts';
import type { ServerAddress } from '../server/operator.ts';
import { askServer, describeSilence } from './ask-server.ts';
import { chooseServer } from './running-server.ts';

/** A little more than a reload may take. */
const limitMs = 70_000;
/** As of a start with a configuration that cannot be used. */
const faultStatus = 2;

/** The configuration is the server's to read: here another one may count, or none yet. */
export async function runReload({ port }: { port?: string }): Promise<void> {
  const server = chooseServer(port);
  const report = typeof server === 'string' ? server : await ask(server);
  if (typeof report === 'string') {
    console.error(report);
    process.exitCode = 1;
  } else if (report.outcome === 'refused') {
    console.error(`${report.message}\nThe server goes on with the configuration that it has.`);
    process.exitCode = faultStatus;
  } else {
    console.log(
      report.outcome === 'taken' ? `Reloaded: ${report.changes.join(', ')}.` : 'Nothing to take up has changed.',
    );
    if (report.waiting.length > 0)
      console.log(`Changed too, and counting after a restart: ${report.waiting.join(', ')}.`);
  }
}

/** The server's report, or why there is none. */
async function ask({ url, key }: ServerAddress): Promise<ReloadReport | string> {
  try {
    const headers = { authorization: `Bearer ${key}` };
    const { status, body } = await askServer(`${url}/-/reload`, { method: 'POST', headers, limitMs });
    if (status === 200) return parseObject(body) as unknown as ReloadReport;
    return `The server at ${url} refused: HTTP ${status} ${body}`;
  } catch (error) {
    return `The server at ${url} cannot be reached: ${describeSilence(error as Error, limitMs)}.`;
  }
}
