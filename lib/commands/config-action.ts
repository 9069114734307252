import { loadConfig } from '../config.ts';
import { createConfigReport, formatConfigReport } from '../config-report.ts';

/** @throws ConfigError */
export function runConfig({ json, ...flags }: Record<string, unknown>): void {
  const report = createConfigReport(loadConfig({ flags }));
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : formatConfigReport(report));
}
