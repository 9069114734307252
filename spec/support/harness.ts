/** A whole OpenCompat server in front of the fake ChatGPT backend, with a real OpenAI SDK as its client. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { OpenAI } from 'openai';
import type { Middleware } from '../../lib/chain/middleware.ts';
import type { PluginEntry } from '../../lib/chain/plan.ts';
import { loadConfig } from '../../lib/config/load.ts';
import type { WrittenConfig } from '../../lib/config/schema.ts';
import type { ProviderPlugin } from '../../lib/providers/definition.ts';
import type { GivenProvider } from '../../lib/providers/plan.ts';
import type { ReloadReport } from '../../lib/server/config-state.ts';
import { createServer, type RunningServer } from '../../lib/server/server.ts';
import { createFakeChatGpt, type FakeChatGpt, type FakeChatGptOptions } from './fake-chatgpt.ts';
import { createFakeCopilot, type FakeCopilot, type FakeCopilotOptions, fakeCopilotClientId } from './fake-copilot.ts';
import type { FakeAccount } from './fake-credentials.ts';

/** Where a plugin stands: `before`, `after` or `replace` a box, and for which `apis`. */
export type Placement = Omit<PluginEntry, 'middleware' | 'options'>;

/** A plugin alone, or with its options, or with options and place. */
export type HarnessPlugin = Middleware | readonly [Middleware, (Record<string, unknown> | undefined)?, Placement?];

/** As in the configuration; or a provider plugin alone, or with its options. */
export type HarnessProvider =
  | Partial<WrittenConfig['providers'][string]>
  | ProviderPlugin
  | readonly [ProviderPlugin, Record<string, unknown>?];

export interface HarnessOptions extends FakeChatGptOptions {
  /** Further providers, by name, in the order in which they are asked; plugins that are given as such come first. */
  providers?: Readonly<Record<string, HarnessProvider>>;
  /** Plugins besides those of the configuration. */
  plugins?: readonly HarnessPlugin[];
  /** As in `opencompat.config.yaml`. Only where `usageStore` is `file` does the server keep a ledger. */
  config?: Partial<Omit<WrittenConfig, 'providers'>>;
  /** Environment variables of the server. It sees no others: neither the machine's, nor anyone's real sign-in. */
  env?: Record<string, string>;
  /** A client key that the server then asks for; `client` and `fetch` send it. Default: the server asks for none. */
  apiKey?: string;
  /** Opens what is the operator's alone, as `opencompat reload`. Default: nobody may. */
  operatorKey?: string;
  /** Is there a fake GitHub Copilot too, to which the server is signed in? Default: the server knows of no Copilot. */
  copilot?: true | FakeCopilotOptions;
  /** Is the server signed in to the fake backend? Default true. */
  isSignedIn?: boolean;
}

/** A line of the server's log. */
export interface LogLine {
  level: string;
  message: string;
  timestamp: string;
  [field: string]: unknown;
}

export interface Harness {
  /** The server's, without `/v1`. */
  readonly url: string;
  /**
   * The `openai` package's client for this server. It does not retry, so that what a test counts is what it caused.
   * @throws when the `openai` package is not installed
   */
  readonly client: OpenAI;
  /** What the server takes for ChatGPT. */
  readonly upstream: FakeChatGpt;
  /** What the server takes for GitHub and its Copilot. @throws when the option `copilot` is not set */
  readonly copilot: FakeCopilot;
  /** `fetch` for a path of the server, such as `/v1/models`; sends `apiKey` unless there is another `authorization`. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** What the server has logged so far. */
  readonly logs: readonly LogLine[];
  readonly server: RunningServer;
  /** Where the server keeps its credentials, as `auth.json`. */
  readonly dataDir: string;
  /** The configuration file of the server. */
  readonly configFile: string;
  /** Changes keys of the configuration file, and has the server take them up; without keys, has it read the file again. */
  reload(config?: Partial<WrittenConfig>): Promise<ReloadReport>;
  /** Ends the server, cutting what still runs, and the fake backend. Called by itself when the test ends. */
  close(): Promise<void>;
}

/** The harness needs only `after` of a test runner, as node:test's context has it. */
export interface Cleanup {
  after(task: () => Promise<void>): void;
}

function createLogCapture(lines: LogLine[]): Writable {
  let rest = '';
  return new Writable({
    decodeStrings: false,
    write(text: string | Buffer, _encoding, done) {
      const parts = (rest + text.toString()).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) lines.push(JSON.parse(part));
      done();
    },
  });
}

function toPluginEntry(plugin: HarnessPlugin): PluginEntry {
  const [middleware, options, placement] = 'kind' in plugin ? [plugin] : plugin;
  return { middleware, options, ...placement };
}

function isPlugin(provider: HarnessProvider): provider is ProviderPlugin | readonly [ProviderPlugin] {
  return Array.isArray(provider) || 'kind' in provider;
}

function toGivenProvider([name, provider]: [
  string,
  ProviderPlugin | readonly [ProviderPlugin, object?],
]): GivenProvider {
  const [definition, options] = 'kind' in provider ? [provider] : provider;
  return { name, definition, options: options as Record<string, unknown> | undefined };
}

/** The documented credential file, signed in to the fakes. */
function toAuthFile(account: FakeAccount | undefined, gitHubToken: string | undefined): string {
  return JSON.stringify({
    version: 1,
    ...(account && {
      chatgpt: {
        type: 'oauth',
        access_token: account.tokens.accessToken,
        refresh_token: account.tokens.refreshToken,
        id_token: account.tokens.idToken,
        account_id: account.accountId,
        email: account.email,
        last_refresh: new Date().toISOString(),
      },
    }),
    ...(gitHubToken && { copilot: { type: 'oauth', refresh_token: gitHubToken } }),
  });
}

/** The constructor of the SDK; loaded here only, because a plugin's test may do without it. */
async function importOpenAi(): Promise<typeof OpenAI | undefined> {
  try {
    return (await import('openai')).OpenAI;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/**
 * Starts a server and a fake backend on free ports of 127.0.0.1, with folders of their own, and closes all when the test
 * ends. Nothing of it leaves the machine.
 *
 * @param t the test's context
 */
export async function createHarness(t: Cleanup, options: HarnessOptions = {}): Promise<Harness> {
  const { plugins = [], providers = {}, config = {}, env = {}, apiKey, isSignedIn = true, models } = options;
  const home = await mkdtemp(join(tmpdir(), 'opencompat-'));
  const dataDir = join(home, 'data', 'opencompat');
  const upstream = await createFakeChatGpt({ models });
  const copilot = options.copilot && (await createFakeCopilot(options.copilot === true ? {} : options.copilot));
  let server: RunningServer | undefined;
  const close = async () => {
    await server?.close();
    await upstream.close();
    await copilot?.close();
    // A cache file of a background refresh may still be on its way.
    await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 10 });
  };
  t.after(close);

  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (isSignedIn || copilot) {
    const text = toAuthFile(isSignedIn ? upstream.account : undefined, copilot?.gitHubToken);
    await writeFile(join(dataDir, 'auth.json'), text, { mode: 0o600 });
  }
  const written = Object.entries(providers).filter(([, provider]) => !isPlugin(provider));
  const given = Object.entries(providers).filter((entry): entry is [string, ProviderPlugin] => isPlugin(entry[1]));
  const file = {
    port: 0,
    watch: false,
    logFormat: 'json',
    shutdownGrace: 0,
    usageStore: 'off',
    chatgptBaseUrl: upstream.url,
    chatgptAuthUrl: upstream.authUrl,
    chatgptModels: upstream.models.map(({ slug }) => slug),
    githubUrl: copilot?.url ?? upstream.authUrl,
    githubApiUrl: copilot?.url ?? upstream.authUrl,
    copilotClientId: fakeCopilotClientId,
    githubRawUrl: upstream.authUrl,
    ...(apiKey !== undefined && { apiKeys: [apiKey] }),
    ...(written.length > 0 && { providers: Object.fromEntries(written) }),
    ...config,
  };
  const configFile = join(home, 'opencompat.config.json');
  await writeFile(configFile, JSON.stringify(file));
  const load = () =>
    loadConfig({
      env: {
        HOME: home,
        XDG_DATA_HOME: join(home, 'data'),
        XDG_CACHE_HOME: join(home, 'cache'),
        XDG_CONFIG_HOME: join(home, 'config'),
        ...env,
      },
      flags: { config: configFile },
      cwd: home,
    });
  const logs: LogLine[] = [];
  const running = await createServer(load(), {
    load,
    plugins: plugins.map(toPluginEntry),
    providers: given.map(toGivenProvider),
    logStream: createLogCapture(logs),
    operatorKey: options.operatorKey,
  });
  server = running;

  const Client = await importOpenAi();
  let client: OpenAI | undefined;
  return {
    url: running.url,
    get client() {
      if (!Client) throw new Error('harness.client needs the OpenAI SDK: npm install --save-dev openai');
      client ??= new Client({ baseURL: `${running.url}/v1`, apiKey: apiKey ?? 'no key needed', maxRetries: 0 });
      return client;
    },
    upstream,
    get copilot() {
      if (!copilot) throw new Error('harness.copilot needs the option `copilot`');
      return copilot;
    },
    fetch(path, init = {}) {
      const headers = new Headers(init.headers);
      if (apiKey !== undefined && !headers.has('authorization')) headers.set('authorization', `Bearer ${apiKey}`);
      return fetch(new URL(path, running.url), { ...init, headers });
    },
    logs,
    server: running,
    dataDir,
    configFile,
    async reload(changed) {
      if (changed) await writeFile(configFile, JSON.stringify(Object.assign(file, changed)));
      return running.reload('the harness');
    },
    close,
  };
}
