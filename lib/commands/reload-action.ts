import { parseObject } from '../lenient-json.ts';
import type { ReloadReport } from '../server/config-state.ts';
import { askOperator } from './ask-operator.ts';

/** A little more than a reload may take. */
const limitMs = 70_000;
/** As of a start with a configuration that cannot be used. */
const faultStatus = 2;

/** The configuration is the server's to read: here another one may count, or none yet. */
export async function runReload({ port }: { port?: string }): Promise<void> {
  const answer = await askOperator(port, { path: '/-/reload', method: 'POST', limitMs });
  if (typeof answer === 'string') {
    console.error(answer);
    process.exitCode = 1;
    return;
  }
  const report = parseObject(answer.body) as unknown as ReloadReport;
  if (report.outcome === 'refused') {
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
