/** CPU time and memory of another process, and the few statistics that the tables need. */
import { readFileSync, writeFileSync } from 'node:fs';

/** The kernel tells CPU time in these units to every program, whatever its own clock. */
const ticksPerSecond = 100;

export const canReadProcesses = process.platform === 'linux';

/** User and system time of all threads so far, in microseconds; NaN where there is no /proc. */
export function readCpuUs(pid: number): number {
  if (!canReadProcesses) return Number.NaN;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in brackets, and may hold anything: count from behind it (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000_000) / ticksPerSecond;
}

/** Resident memory in KB (1024 bytes), now and at its highest; NaN where there is no /proc. */
export function readMemoryKb(pid: number): { now: number; peak: number } {
  if (!canReadProcesses) return { now: Number.NaN, peak: Number.NaN };
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]);
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

/** From now on `peak` is the highest since now (proc_pid_clear_refs(5)). */
export function forgetPeak(pid: number): void {
  if (canReadProcesses) writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The value below which the share of the values lies; NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
