import type { Command } from 'commander';
import type { CredentialProvider } from '../auth/credential-file.ts';
import type { Quota, QuotaWindow } from '../canonical/quota.ts';
import { OpenCompatError } from '../errors.ts';
import { type ChatGptCredential, createChatGptCredentials } from '../providers/chatgpt/credentials.ts';
import { fetchChatGptUsage } from '../providers/chatgpt/usage.ts';
import { copilotLogin, createCopilotCredentials } from '../providers/copilot/credentials.ts';
import { fetchCopilotAccount } from '../providers/copilot/get.ts';
import { copilotHeaders } from '../providers/copilot/headers.ts';
import { openCredentials, titles } from './credentials.ts';

/** What is known of one provider's sign-in. */
interface Info {
  provider: CredentialProvider;
  email?: string;
  accountId?: string;
  /** GitHub's name for the person. */
  login?: string;
  planType?: string;
  /** What GitHub calls the kind of seat. */
  sku?: string;
  /** RFC 3339; when the access token ends, which is then refreshed. */
  expiresAt?: string;
  quota?: Quota;
  /** Why the quota is not known. */
  quotaError?: string;
}

type Services = Awaited<ReturnType<typeof openCredentials>>;

/** Undefined where nobody has signed in. @throws OpenCompatError for a sign-in that no longer works */
const gatherers: Record<CredentialProvider, (services: Services) => Promise<Info | undefined>> = {
  chatgpt: gatherChatGpt,
  copilot: gatherCopilot,
};

export async function runInfo(program: Command, options: { json?: true }): Promise<void> {
  const services = await openCredentials(program);
  const infos: Info[] = [];
  const failures: Error[] = [];
  for (const gather of Object.values(gatherers)) {
    try {
      const info = await gather(services);
      if (info) infos.push(info);
    } catch (error) {
      failures.push(error as Error);
    }
  }
  if (infos.length === 0 && failures.length === 0) {
    const login = `opencompat login\` or \`${copilotLogin}`;
    throw new OpenCompatError('OC_NO_CREDENTIALS', { provider: Object.values(titles).join(' or '), login });
  }
  if (infos.length > 0) {
    console.log(options.json ? JSON.stringify(infos, null, 2) : infos.map(describeInfo).join('\n\n'));
  }
  // Two providers may have failed for one reason, such as a file that cannot be read.
  const messages = new Set(failures.map(({ message }) => message));
  for (const message of messages) console.error(message);
  if (messages.size > 0) process.exitCode = 1;
}

async function gatherChatGpt({ config, log, store }: Services): Promise<Info | undefined> {
  const credentials = await createChatGptCredentials({ store, config, log });
  if (!credentials.exists()) return undefined;
  let credential = await credentials.get();
  const told = await tryQuota(() =>
    fetchChatGptUsage(config, credential).catch(async (error) => {
      if (!(error instanceof OpenCompatError) || error.status !== 401) throw error;
      credential = await credentials.renew(credential.accessToken);
      return fetchChatGptUsage(config, credential);
    }),
  );
  return toChatGptInfo(credential, told);
}

async function gatherCopilot({ config, log, store }: Services): Promise<Info | undefined> {
  const credentials = await createCopilotCredentials({ store, config, headers: copilotHeaders(config), log });
  if (!credentials.exists()) return undefined;
  const gitHubToken = await credentials.getGitHubToken();
  const { value: account, quotaError } = await tryQuota(() => fetchCopilotAccount(config, gitHubToken));
  return { provider: 'copilot', ...account, quotaError };
}

/** Signed out is worth an error; a page of the quota that fails is worth a line. */
async function tryQuota<T>(fetchQuota: () => Promise<T>): Promise<{ value?: T; quotaError?: string }> {
  try {
    return { value: await fetchQuota() };
  } catch (error) {
    if (error instanceof OpenCompatError && error.code === 'OC_SIGN_IN_AGAIN') throw error;
    return { quotaError: (error as Error).message };
  }
}

function toChatGptInfo(
  { email, accountId, planType, expiresAtEpochS }: ChatGptCredential,
  { value: quota, quotaError }: { value?: Quota; quotaError?: string },
): Info {
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
  const { provider, email, accountId, login, planType, sku } = info;
  const rows: [string, string][] = [
    ['Provider', titles[provider]],
    ['Account', [login, email, accountId].filter(Boolean).join(', ') || 'unknown'],
    ['Plan', [planType, sku].filter(Boolean).join(', ') || 'unknown'],
  ];
  if (provider === 'chatgpt') {
    const until = info.expiresAt && `valid until ${toLocalTime(new Date(info.expiresAt))}, then refreshed`;
    rows.push(['Token', until ?? 'valid']);
  }
  for (const [name, window] of Object.entries(info.quota?.windows ?? {})) rows.push(describeWindow(name, window));
  const { credits } = info.quota ?? {};
  if (credits?.isUnlimited) rows.push(['Credits', 'unlimited']);
  else if (credits?.hasCredits) rows.push(['Credits', credits.balance ?? 'yes']);
  if (info.quotaError) rows.push(['Quota', `not known: ${info.quotaError}`]);
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => `${label.padEnd(width)}  ${text}`).join('\n');
}

function describeWindow(name: string, window: QuotaWindow): [string, string] {
  const label = `Quota ${name.replaceAll('_', ' ')}`;
  const { usedPercent, windowMinutes, resetAtEpochS, total, remaining, isUnlimited } = window;
  if (isUnlimited) return [label, 'unlimited'];
  const span = windowMinutes ? ` of ${toSpan(windowMinutes)}` : '';
  const left = total !== undefined && remaining !== undefined ? ` (${Math.round(remaining)} of ${total} left)` : '';
  const reset = resetAtEpochS ? `, resets ${toLocalTime(new Date(resetAtEpochS * 1000))}` : '';
  return [label, `${Math.round(usedPercent)} % used${span}${left}${reset}`];
}

function toSpan(minutes: number): string {
  if (minutes % 1440 === 0) return minutes === 1440 ? '1 day' : `${minutes / 1440} days`;
  if (minutes % 60 === 0) return minutes === 60 ? '1 hour' : `${minutes / 60} hours`;
  return `${minutes} minutes`;
}

function toLocalTime(date: Date): string {
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
