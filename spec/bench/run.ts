/**
 * `npm run bench`: what the server costs, beside a bare node:http pipe in the same run. Ends with 1 after a wrong answer, and
 * when a ratio to the pipe is over its limit.
 */
import { mkdirSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measures } from './columns.ts';
import { canReadProcesses } from './measure.ts';
import { LoadGenerator, startUpstream } from './processes.ts';
import { type Columns, findExceeded, formatTables } from './table.ts';
import { type WayName, ways } from './ways.ts';

const usage = `Usage: npm run bench -- [options]
  --quick            fewer requests, one round, no limits: does it work at all?
  --measure <name>   only this; may be given again (${Object.keys(measures).join(', ')})
  --way <name>       only this way; may be given again (${Object.keys(ways).join(', ')})
  --rounds <number>  the subjects take turns so often; default 3
  --built            run dist/lib/cli.js (npm run build) instead of the sources
  --record <mode>    the servers record captures: off (default), errors, all
  --json             print the figures as JSON
  --cpu-prof <dir>   write CPU profiles of the servers there; figures are worse meanwhile`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    measure: { type: 'string', multiple: true, default: Object.keys(measures) },
    way: { type: 'string', multiple: true, default: Object.keys(ways) },
    rounds: { type: 'string' },
    built: { type: 'boolean', default: false },
    record: { type: 'string', default: 'off' },
    json: { type: 'boolean', default: false },
    'cpu-prof': { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

async function run(): Promise<number> {
  const { quick: isQuick, built: isBuilt, record } = options;
  const rounds = Number(options.rounds ?? (isQuick ? 1 : 3));
  const unknown = [
    ...options.measure.filter((name) => !(name in measures)),
    ...options.way.filter((name) => !(name in ways)),
    ...(Number.isInteger(rounds) && rounds > 0 ? [] : [`--rounds ${options.rounds}`]),
  ];
  if (options.help || unknown.length > 0) {
    console.log(unknown.length > 0 ? `There is no ${unknown.join(', ')}.\n${usage}` : usage);
    return unknown.length > 0 ? 2 : 0;
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${process.platform} ${release()}, Node ${process.version}`;
  const cpuProfileDir = options['cpu-prof'] === undefined ? undefined : resolve(options['cpu-prof']);
  if (cpuProfileDir) mkdirSync(cpuProfileDir, { recursive: true });

  await using upstream = await startUpstream();
  await using load = new LoadGenerator();
  const wayNames = options.way as WayName[];
  const onProgress = (text: string) => console.error(`- ${text}`);
  const columns: Columns = {};
  const faults: string[] = [];
  const remarks = new Set<string>();
  for (const name of options.measure) {
    const bench = { upstream, load, rounds, isQuick, isBuilt, wayNames, cpuProfileDir, record, onProgress };
    const measured = await measures[name]!(bench);
    Object.assign(columns, measured.columns);
    faults.push(...measured.faults);
    for (const remark of measured.remarks) remarks.add(remark);
  }
  if (!canReadProcesses)
    remarks.add('CPU time and memory are read from /proc, which only Linux has: they are missing here.');
  const exceeded = isQuick ? [] : findExceeded(columns, wayNames);
  if (options.json) {
    console.log(JSON.stringify({ machine, columns, faults, exceeded }, null, 2));
  } else {
    console.log([machine, '', formatTables(columns, wayNames), '', ...remarks].join('\n'));
    for (const line of [...faults, ...exceeded]) console.log(`FAILED ${line}`);
  }
  return faults.length + exceeded.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
