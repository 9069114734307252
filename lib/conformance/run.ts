/** Runs checks one after another, and says what became of each. */
import { logText } from '../public-text.ts';
import type { Check, Rule } from './check.ts';
import { NotApplicable } from './expectations.ts';
import { Server, type ServerOptions } from './server.ts';
import { suites } from './suites.ts';

export interface Result extends Rule {
  readonly suite: string;
  readonly verdict: 'passed' | 'failed' | 'skipped';
  /** How the rule was broken, or why it does not apply. */
  readonly reason?: string;
}

/**
 * @param names of suites
 * @param only ids of checks. Default: all
 * @param tell each result, as soon as it is there
 */
export async function runSuites(
  options: ServerOptions,
  names: readonly string[],
  only: ReadonlySet<string> | undefined,
  tell: (result: Result) => void = () => {},
): Promise<Result[]> {
  const server = new Server(options);
  const results: Result[] = [];
  for (const suite of names) {
    for (const check of suites[suite]!) {
      if (only && !only.has(check.id)) continue;
      const result = { suite, ...(await runCheck(check, server)) };
      results.push(result);
      tell(result);
    }
  }
  return results;
}

async function runCheck({ find, ...rule }: Check, server: Server): Promise<Omit<Result, 'suite'>> {
  // What others have written may hold anything, our key too.
  const safe = (text: string) => logText(server.key ? text.replaceAll(server.key, '[key]') : text);
  try {
    const fault = await find(server);
    return fault === undefined ? { ...rule, verdict: 'passed' } : { ...rule, verdict: 'failed', reason: safe(fault) };
  } catch (error) {
    const reason = safe(describe(error, server.timeoutMs));
    return { ...rule, verdict: error instanceof NotApplicable ? 'skipped' : 'failed', reason };
  }
}

function describe(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no whole answer came within ${timeoutMs / 1000} seconds`;
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}`;
}

/** A failed `must`; or a suite of which nothing passed, which says that its API is not there. */
export function isConforming(results: readonly Result[]): boolean {
  const passed = new Set(results.filter(({ verdict }) => verdict === 'passed').map(({ suite }) => suite));
  return results.every(
    ({ suite, severity, verdict }) => passed.has(suite) && (verdict !== 'failed' || severity !== 'must'),
  );
}
