/** What V8 is told before a start loads anything; lib/server/heap.ts takes it back when there is something to do. */
import { setFlagsFromString } from 'node:v8';

/** An operator who runs Node without its optimising compilers keeps it so. */
const areCompilersChosen = /--(no-?)?(jitless|opt|turbofan|maglev)\b/.test(
  [process.env.NODE_OPTIONS, ...process.execArgv].join(' '),
);

/** How much larger the young generation becomes when it is full. */
export function setGrowthFactor(factor: number): void {
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}

export function letCompilersRun(mayRun: boolean): void {
  if (areCompilersChosen) return;
  for (const compiler of ['opt', 'maglev']) setFlagsFromString(`--${mayRun ? '' : 'no-'}${compiler}`);
}

/**
 * V8 doubles its young generation while a start makes garbage, and gives that memory back late: 16 of an idle server's
 * 118 MB. A start is over before optimised code pays: without it the compilers' own code, 8 MB, is never read into memory
 * (measured 2026-11, Node 24).
 */
export function keepStartSmall(): void {
  setGrowthFactor(1);
  letCompilersRun(false);
}
