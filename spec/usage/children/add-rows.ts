/** Adds rows to a ledger in waves, and prints how many there are before each, until it is killed. */
import { createLogger } from '../../../lib/log.ts';
import { createLedger } from '../../../lib/usage/ledger.ts';
import { row, wide } from '../support.ts';

const intervalMs = 20;
const log = createLogger({ level: 'error', format: 'json', stream: process.stderr });
const ledger = createLedger({ path: process.argv[2]!, limits: wide, costOf: () => 0, log, intervalMs });
let rows = 0;
let wave = 0;
setInterval(() => {
  process.stdout.write(`${wave} ${rows}\n`);
  for (let n = 0; n < 50; n += 1) ledger.add(row());
  rows += 50;
  wave += 1;
}, 3 * intervalMs);
