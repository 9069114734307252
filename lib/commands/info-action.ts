import type { Command } from 'commander';
import { OpenCompatError } from '../errors.ts';
import type { AccountReport } from '../providers/sign-in.ts';
import { signInProviders, titleOf } from '../providers/sign-ins.ts';
import { describeQuota, type QuotaLine } from '../quota/overview.ts';
import { openCredentials } from './credentials.ts';
import { reportRecording } from './recording-report.ts';

export async function runInfo(program: Command, options: { json?: true }): Promise<void> {
  const services = await openCredentials(program);
  const reports: AccountReport[] = [];
  const failures: Error[] = [];
  for (const { signIn } of signInProviders) {
    try {
      const report = await signIn.report(services);
      if (report) reports.push(report);
    } catch (error) {
      failures.push(error as Error);
    }
  }
  if (reports.length === 0 && failures.length === 0) {
    const login = signInProviders.map(({ signIn }) => signIn.command).join('` or `');
    throw new OpenCompatError('OC_NO_CREDENTIALS', {
      provider: signInProviders.map(({ title }) => title).join(' or '),
      login,
    });
  }
  if (reports.length > 0) {
    const infos = reports.map(({ info }) => info);
    console.log(options.json ? JSON.stringify(infos, null, 2) : reports.map(describeReport).join('\n\n'));
  }
  if (!options.json) for (const line of await reportRecording(services.config)) console.log(`\n${line}.`);
  // Two providers may have failed for one reason, such as a file that cannot be read.
  const messages = new Set(failures.map(({ message }) => message));
  for (const message of messages) console.error(message);
  if (messages.size > 0) process.exitCode = 1;
}

function describeReport({ info, hasEndingToken }: AccountReport): string {
  const { provider, email, accountId, login, planType, sku } = info;
  const rows: [string, string][] = [
    ['Provider', titleOf(provider)],
    ['Account', [login, email, accountId].filter(Boolean).join(', ') || 'unknown'],
    ['Plan', [planType, sku].filter(Boolean).join(', ') || 'unknown'],
  ];
  if (hasEndingToken) {
    const until = info.expiresAt && `valid until ${toLocalTime(new Date(info.expiresAt))}, then refreshed`;
    rows.push(['Token', until ?? 'valid']);
  }
  for (const line of describeQuota(info.quota, Date.now())) rows.push(describeLine(line));
  const { credits } = info.quota ?? {};
  if (credits?.isUnlimited) rows.push(['Credits', 'unlimited']);
  else if (credits?.hasCredits) rows.push(['Credits', credits.balance ?? 'yes']);
  if (info.quotaError) rows.push(['Quota', `not known: ${info.quotaError}`]);
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => `${label.padEnd(width)}  ${text}`).join('\n');
}

function describeLine({ label, usedPercent, resetsAt, pacePercent, runsDryAt, note }: QuotaLine): [string, string] {
  const row = `Quota ${label}`;
  if (note === 'unlimited') return [row, note];
  const left = note ? ` (${note})` : '';
  const reset = resetsAt ? `, resets ${toLocalTime(new Date(resetsAt))}` : '';
  const pace = pacePercent === undefined ? '' : `; even use would be ${Math.round(pacePercent)} %`;
  const dry = runsDryAt ? `, and at this pace it runs dry ${toLocalTime(new Date(runsDryAt))}` : '';
  return [row, `${Math.round(usedPercent)} % used${left}${reset}${pace}${dry}`];
}

function toLocalTime(date: Date): string {
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
