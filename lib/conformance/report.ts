/** What a run found: as a table, as JUnit's XML. */
import type { Result } from './run.ts';

const count = (results: readonly Result[], verdict: Result['verdict'], severity?: string) =>
  results.filter((result) => result.verdict === verdict && (!severity || result.severity === severity)).length;

/** A line for each suite; failures, and what was skipped by its reason, in detail. */
export function toTable(results: readonly Result[]): string {
  const lines: string[] = [];
  for (const suite of new Set(results.map((result) => result.suite))) {
    const own = results.filter((result) => result.suite === suite);
    const failed = `${count(own, 'failed', 'must')} must and ${count(own, 'failed', 'should')} should failed`;
    lines.push(`${suite}: ${count(own, 'passed')} passed, ${failed}, ${count(own, 'skipped')} skipped`);
    for (const { id, severity, rule, reason, source, verdict } of own) {
      if (verdict === 'failed')
        lines.push(`  FAILED  ${id} (${severity})  ${rule}.`, `          ${reason}`, `          ${source}`);
    }
    const skipped = Object.groupBy(
      own.filter(({ verdict }) => verdict === 'skipped'),
      ({ reason }) => reason ?? '',
    );
    for (const [reason, group] of Object.entries(skipped))
      lines.push(`  --      ${group!.map(({ id }) => id).join(', ')}`, `          ${reason}`);
  }
  return lines.join('\n');
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeXml = (text: string) => text.replace(/[&<>"]/g, (character) => escapes[character]!);

/** https://github.com/testmoapp/junitxml. A failed `should` is told as skipped: it fails no build. */
export function toJUnit(results: readonly Result[]): string {
  const xml = [...new Set(results.map(({ suite }) => suite))].map((suite) => {
    const own = results.filter((result) => result.suite === suite);
    const failures = count(own, 'failed', 'must');
    const skipped = count(own, 'skipped') + count(own, 'failed', 'should');
    return `<testsuite name="${suite}" tests="${own.length}" failures="${failures}" skipped="${skipped}">\n${own.map(toCase).join('')}</testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${xml.join('')}</testsuites>\n`;
}

function toCase({ suite, id, severity, rule, verdict, reason = '', source }: Result): string {
  const head = `<testcase classname="${suite}" name="${id}"`;
  if (verdict === 'passed') return `${head}/>\n`;
  const isFailure = verdict === 'failed' && severity === 'must';
  const told = isFailure ? 'failure' : 'skipped';
  return `${head}><${told} message="${escapeXml(`${rule}: ${reason} (${source})`)}"/></testcase>\n`;
}
