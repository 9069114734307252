import { spawn } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import * as oauth from 'oauth4webapi';
import { type CredentialProvider, providerNames, readEntry } from '../auth/credential-file.ts';
import { type CredentialStore, loadDocument } from '../auth/credential-store.ts';
import { decodeTokenClaims } from '../auth/jwt.ts';
import { SignInError } from '../auth/sign-in-server.ts';
import type { Config } from '../config/schema.ts';
import { startBrowserSignIn } from '../providers/chatgpt/browser-sign-in.ts';
import { signInWithDevice } from '../providers/chatgpt/device-sign-in.ts';
import { type AuthClient, applyTokens, createAuthClient, type TokenSet } from '../providers/chatgpt/oauth.ts';
import { createGitHubClient, interpretTokenExchange, sendTokenExchange } from '../providers/copilot/github-oauth.ts';
import { copilotHeaders } from '../providers/copilot/headers.ts';
import { signInToGitHub } from '../providers/copilot/sign-in.ts';
import { openCredentials, titles } from './credentials.ts';

const browserLimitMs = 5 * 60_000;
const deviceLimitMs = 15 * 60_000;

export async function runLogin(
  program: Command,
  provider: string,
  options: { device?: true; import?: string | true },
): Promise<void> {
  const { config, store } = await openCredentials(program);
  const known = providerNames.find((name) => name === provider);
  if (!known && !options.import) {
    throw new SignInError(`There is no provider '${provider}' to sign in to. Known: ${providerNames.join(', ')}.`);
  }
  // What would keep the sign-in from being kept is said before the person goes through it.
  await store.checkWritable();
  await store.read(known ?? 'chatgpt');
  if (options.import) return importSignIn(store, options.import === true ? codexFilePath() : options.import);
  // GitHub has no other way than the code.
  if (known === 'copilot') return copilotSignIn(config, store);
  const client = createAuthClient(config);
  await (options.device ? deviceSignIn(client, store) : browserSignIn(client, store));
}

async function browserSignIn(client: AuthClient, store: CredentialStore): Promise<void> {
  const verifier = oauth.generateRandomCodeVerifier();
  const signIn = await startBrowserSignIn({
    client,
    state: oauth.generateRandomState(),
    verifier,
    codeChallenge: await oauth.calculatePKCECodeChallenge(verifier),
    save: (tokens) => save(store, tokens),
    signal: AbortSignal.timeout(browserLimitMs),
  });
  console.log(`Open this address in a browser to sign in to ChatGPT:

${signIn.url}

If that browser runs on another machine, it ends at an address that does not load:
${signIn.redirectUri}?code=…
Copy that address and paste it here. Waiting for 5 minutes.`);
  if (isDesktopTerminal()) openBrowser(signIn.url.href);

  const pasted = createInterface({ input: process.stdin });
  pasted.on('line', async (line) => {
    const problem = line.trim() && (await signIn.paste(line));
    if (problem) console.error(problem);
  });
  try {
    await signIn.done;
  } finally {
    pasted.close();
    // An open pipe or terminal would keep the process alive.
    process.stdin.destroy();
  }
}

async function deviceSignIn(client: AuthClient, store: CredentialStore): Promise<void> {
  const tokens = await signInWithDevice({
    client,
    show: (device) => showCode(device, deviceLimitMs),
    signal: AbortSignal.timeout(deviceLimitMs),
  });
  await save(store, tokens);
}

function showCode({ userCode, verificationUrl }: { userCode: string; verificationUrl: string }, limitMs: number): void {
  console.log(`Open this address in any browser, on any machine, and enter the code:

${verificationUrl}

Code: ${userCode}

Enter it only if you started this sign-in yourself. Waiting for ${Math.round(limitMs / 60_000)} minutes.`);
}

async function copilotSignIn(config: Config, store: CredentialStore): Promise<void> {
  const client = createGitHubClient(config);
  const gitHubToken = await signInToGitHub({
    client,
    show: (device) => showCode(device, device.expiresInS * 1000),
  });
  // The account's access is found out before anyone relies on it; a network that fails just now proves nothing.
  const exchange = await sendTokenExchange(client, gitHubToken, copilotHeaders(config))
    .then((answer) => interpretTokenExchange(answer, Date.now()))
    .catch(() => undefined);
  if (exchange?.kind === 'forbidden') throw new SignInError(`Signed in to GitHub, but: ${exchange.reason}`);
  await store.update('copilot', async () => ({
    refreshToken: gitHubToken,
    lastRefreshEpochS: Math.floor(Date.now() / 1000),
  }));
  const plan = exchange?.kind === 'granted' && exchange.token.sku ? ` (plan: ${exchange.token.sku})` : '';
  console.log(`Signed in to ${titles.copilot}${plan}. A running server notices by itself.`);
}

async function save(store: CredentialStore, tokens: TokenSet): Promise<void> {
  await store.update('chatgpt', async () => applyTokens(undefined, tokens, Date.now()));
  const { planType } = decodeTokenClaims(tokens.accessToken?.reveal());
  console.log(`Signed in to ChatGPT${planType ? ` (plan: ${planType})` : ''}. A running server notices by itself.`);
}

async function importSignIn(store: CredentialStore, path: string): Promise<void> {
  const [source, target] = await Promise.all([path, store.path].map((name) => realpath(name).catch(() => name)));
  if (source === target)
    throw new SignInError(`${path} is the file that OpenCompat uses already; there is nothing to import.`);
  const document = await loadDocument(path);
  if (!document) {
    throw new SignInError(
      `There is no file ${path}. (Codex CLI may keep its sign-in in the system's keyring; then use \`opencompat login\`.)`,
    );
  }
  const imported: CredentialProvider[] = [];
  for (const provider of providerNames) {
    const credential = readEntry(document, provider);
    if (!credential) continue;
    await store.update(provider, async () => credential);
    imported.push(provider);
    console.log(`Took over the sign-in to ${titles[provider]} from ${path}.`);
    if (!credential.refreshToken) console.error('It has no refresh token: it works until its access token ends.');
  }
  if (imported.length === 0) throw new SignInError(`${path} holds no sign-in.`);
  if (imported.includes('chatgpt')) {
    console.log(
      'The other program must sign in again: a refresh token can be used only once, and if both used this one, ChatGPT would end the sign-in of both.',
    );
  }
}

function codexFilePath(): string {
  return join(process.env.CODEX_HOME || join(homedir(), '.codex'), 'auth.json');
}

/** Over SSH a browser would open on the wrong machine, or in the terminal. */
function isDesktopTerminal(): boolean {
  if (!process.stdout.isTTY || process.env.SSH_CONNECTION) return false;
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

function openBrowser(url: string): void {
  const openers: Partial<Record<NodeJS.Platform, [string, string[]]>> = {
    darwin: ['open', [url]],
    win32: ['rundll32', ['url.dll,FileProtocolHandler', url]],
  };
  const [program, args] = openers[process.platform] ?? ['xdg-open', [url]];
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  // The address is on the screen anyway.
  child.on('error', () => {});
  child.unref();
}
