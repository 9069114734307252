/**
 * `npm run bench`: what the server costs, beside a direct connection and a bare node:http pipe in the same run.
 * Fails on wrong answers only; speed is a matter of ratios, and a machine's mood.
 */
import { mkdirSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createHome, LoadGenerator, startUpstream } from './processes.ts';
import { platformRemark, type RowResult, rows } from './rows.ts';
import { formatRow } from './table.ts';

const usage = `Usage: npm run bench -- [options]
  --quick            fewer requests, one round: does it work at all? (less than a minute)
  --row <name>       only this row; may be given again (${Object.keys(rows).join(', ')})
  --built            run dist/lib/cli.js (npm run build) instead of the sources
  --json             print the figures as JSON
  --cpu-prof <dir>   write CPU profiles of the server there, one for each row; figures are worse meanwhile`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    row: { type: 'string', multiple: true, default: Object.keys(rows) },
    built: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    'cpu-prof': { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

async function run(): Promise<number> {
  const unknown = options.row.filter((name) => !(name in rows));
  if (options.help || unknown.length > 0) {
    console.log(unknown.length > 0 ? `There is no row ${unknown.join(', ')}.\n${usage}` : usage);
    return unknown.length > 0 ? 2 : 0;
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${process.platform} ${release()}, Node ${process.version}`;
  if (!options.json) console.log([machine, platformRemark, ''].filter((line) => line !== undefined).join('\n'));
  const cpuProfileDir = options['cpu-prof'] === undefined ? undefined : resolve(options['cpu-prof']);
  if (cpuProfileDir) mkdirSync(cpuProfileDir, { recursive: true });

  using home = createHome();
  await using upstream = await startUpstream();
  await using load = new LoadGenerator();
  const results: Record<string, RowResult> = {};
  for (const name of options.row) {
    const { quick: isQuick, built: isBuilt } = options;
    results[name] = await rows[name]!({ upstream, load, home: home.path, isQuick, isBuilt, cpuProfileDir });
    if (!options.json) console.log(formatRow(results[name]));
  }
  if (options.json) console.log(JSON.stringify({ machine, rows: results }, null, 2));
  return Object.values(results).some(({ faults }) => faults.length > 0) ? 1 : 0;
}

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
