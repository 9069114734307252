/** The running server that an operator's command is for. */
import { findDirectories } from '../config/directories.ts';
import { findServers, type ServerAddress } from '../server/operator.ts';

/** Does any server run here that can be asked? */
export function isServerRunning(): boolean {
  return findServers(findDirectories(process.env, []).dataDir).length > 0;
}

/** The server to ask, or why there is none. */
export function chooseServer(port: string | undefined): ServerAddress | string {
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
    `No server${where} that keeps its data in ${dataDir} runs here. Start one with \`opencompat serve\`, or run this as its user, with its XDG_DATA_HOME.`
  );
}
