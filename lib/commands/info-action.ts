import type { Command } from 'commander';
import {
  type ChatGptCredential,
  type ChatGptCredentials,
  createChatGptCredentials,
} from '../auth/chatgpt-credentials.ts';
import type { Config } from '../config-schema.ts';
import { OpenCompatError } from '../errors.ts';
import { fetchChatGptUsage } from '../providers/chatgpt/usage.ts';
import type { Quota, QuotaWindow } from '../quota.ts';
import { openCredentials } from './credentials.ts';

interface Info {
  provider: 'chatgpt';
  email?: string;
  accountId?: string;
  planType?: string;
  /** RFC 3339; when the access token ends, which is then refreshed. */
  expiresAt?: string;
  quota?: Quota;
  /** Why the quota is not known. */
  quotaError?: string;
}

export async function runInfo(program: Command, options: { json?: true }): Promise<void> {
  const { config, log, store } = await openCredentials(program);
  const credentials = await createChatGptCredentials({ store, config, log });
  const info = await gatherInfo(config, credentials);
  console.log(options.json ? JSON.stringify(info, null, 2) : describeInfo(info));
}

async function gatherInfo(config: Config, credentials: ChatGptCredentials): Promise<Info> {
  let credential = await credentials.get();
  let quota: Quota | undefined;
  let quotaError: string | undefined;
  try {
    quota = await fetchChatGptUsage(config, credential).catch(async (error) => {
      if (!(error instanceof OpenCompatError) || error.status !== 401) throw error;
      credential = await credentials.renew(credential.accessToken);
      return fetchChatGptUsage(config, credential);
    });
  } catch (error) {
    // Signed out is worth an error; a usage page that fails is worth a line.
    if (error instanceof OpenCompatError && error.code === 'OC_SIGN_IN_AGAIN') throw error;
    quotaError = (error as Error).message;
  }
  return toInfo(credential, quota, quotaError);
}

function toInfo(credential: ChatGptCredential, quota: Quota | undefined, quotaError: string | undefined): Info {
  const { email, accountId, planType, expiresAtEpochS } = credential;
  return {
    provider: 'chatgpt',
    email,
    accountId,
    planType: quota?.planType ?? planType,
    expiresAt: expiresAtEpochS === undefined ? undefined : new Date(expiresAtEpochS * 1000).toISOString(),
    quota,
    quotaError,
  };
}

function describeInfo(info: Info): string {
  const rows: [string, string][] = [
    ['Provider', 'ChatGPT'],
    ['Account', [info.email, info.accountId].filter(Boolean).join(', ') || 'unknown'],
    ['Plan', info.planType ?? 'unknown'],
    ['Token', info.expiresAt ? `valid until ${toLocalTime(new Date(info.expiresAt))}, then refreshed` : 'valid'],
  ];
  for (const [name, window] of Object.entries(info.quota?.windows ?? {})) rows.push(describeWindow(name, window));
  const { credits } = info.quota ?? {};
  if (credits?.isUnlimited) rows.push(['Credits', 'unlimited']);
  else if (credits?.hasCredits) rows.push(['Credits', credits.balance ?? 'yes']);
  if (info.quotaError) rows.push(['Quota', `not known: ${info.quotaError}`]);
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => `${label.padEnd(width)}  ${text}`).join('\n');
}

function describeWindow(name: string, { usedPercent, windowMinutes, resetAtEpochS }: QuotaWindow): [string, string] {
  const span = windowMinutes ? ` of ${toSpan(windowMinutes)}` : '';
  const reset = resetAtEpochS ? `, resets ${toLocalTime(new Date(resetAtEpochS * 1000))}` : '';
  return [`Quota ${name}`, `${Math.round(usedPercent)} % used${span}${reset}`];
}

function toSpan(minutes: number): string {
  if (minutes % 1440 === 0) return minutes === 1440 ? '1 day' : `${minutes / 1440} days`;
  if (minutes % 60 === 0) return minutes === 60 ? '1 hour' : `${minutes / 60} hours`;
  return `${minutes} minutes`;
}

function toLocalTime(date: Date): string {
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
