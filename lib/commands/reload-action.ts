import { findDirectories } from '../config/directories.ts';
import { parseObject } from '../lenient-json.ts';
import type { ReloadReport } from '../server/config-state.ts';
import { findServers, type ServerAddress } from '../server/operator.ts';
import { askServer, describeSilence } from './ask-server.ts';

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

/** The server to ask, or why there is none. */
function chooseServer(port: string | undefined): ServerAddress | string {
  const { dataDir } = findDirectories(process.env, []);
  const all = findServers(dataDir);
  const fitting = all.filter(({ url }) => port === undefined || new URL(url).port === port);
  if (fitting.length > 1) {
    const ports = fitting.map(({ url }) => new URL(url).port).join(', ');
    return `Several servers run here: say which with --port (${ports}).`;
  }
  const where = port === undefined ? '' : ` on port ${port}`;
  return (
    fitting[0] ??
    `No server${where} that keeps its data in ${dataDir} runs here. Run this as the server's user, with its XDG_DATA_HOME; or send the server SIGHUP.`
  );
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
