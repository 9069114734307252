/**
 * The one description of the configuration. From it come the checks, the defaults, the environment variables and flags,
 * the documented table and the chart's values.schema.json. A key `reasoningEffort` is `OPENCOMPAT_REASONING_EFFORT` in
 * the environment and `--reasoning-effort` as a flag unless `x-env` says otherwise.
 *
 * `x-env`: environment names, the first is the documented one, the rest are older spellings; `[]` for none (and no flag).
 * `x-unit`: unit of a bare number.  `x-secret`: never printed.  `x-section`: heading in the documentation, of this key and
 * those that follow.  `format`: see options/formats.ts.
 */
import { reasoningCompats } from '../apis/api.ts';
import type { FromSchema, JsonSchema } from '../json-schema.ts';
import type { Aliases } from '../models/resolve.ts';
import { openAiCompatibleOptions } from '../providers/openai-compatible/options.ts';
import type { Secret } from '../secret.ts';

/** Node's timers hold 2³¹−1 ms; a longer time would fire at once. */
const longestTimerMs = 2_147_483_647;

const seconds = {
  type: 'number',
  minimum: 0,
  maximum: Math.floor(longestTimerMs / 1000),
  'x-unit': 'seconds',
} as const;
const refresh = {
  type: ['integer', 'string'],
  minimum: 0,
  maximum: Math.floor(longestTimerMs / 60_000),
  format: 'cron',
  'x-unit': 'minutes',
} as const;
/** What can stand in an HTTP header, without spaces. */
const headerText = { type: 'string', pattern: '^[\\x21-\\x7e]+$' } as const;
const names = { type: 'array', items: { type: 'string', minLength: 1 } } as const;

export const configSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    host: {
      'x-section': 'Listening',
      type: 'string',
      minLength: 1,
      default: '127.0.0.1',
      description: 'Address to listen on.',
    },
    port: {
      type: 'integer',
      minimum: 0,
      maximum: 65535,
      default: 8080,
      description: 'Port to listen on; 0 lets the system choose.',
    },
    allowedHosts: {
      type: 'array',
      items: { type: 'string', format: 'host' },
      default: [],
      description:
        'Host names that requests may name besides loopback names and the address listened on. `*` allows all.',
    },
    allowedOrigins: {
      type: 'array',
      items: { type: 'string', format: 'origin' },
      default: [],
      description: 'Web origins whose pages may use the server (CORS) besides loopback pages. `*` allows all.',
    },
    trustedProxies: {
      type: 'array',
      items: { type: 'string', format: 'ip-range' },
      default: [],
      description:
        'Reverse proxies whose X-Forwarded-* headers are believed: addresses, CIDR ranges, `loopback`, `linklocal`, `uniquelocal`.',
    },
    apiKeys: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: [],
      'x-secret': true,
      description:
        'Client keys in plain text. When there is at least one (here or in `clientKeys`), every API request needs one.',
    },
    clientKeys: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'hash'],
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 64, 'x-secret': false, description: 'Shown in logs.' },
          hash: { type: 'string', pattern: '^sha256:[0-9a-f]{64}$', description: 'From `opencompat hash-key`.' },
        },
      },
      default: [],
      'x-env': [],
      'x-secret': true,
      description: 'Client keys by their hash, each with a name.',
    },

    verbose: { 'x-section': 'Logging', type: 'boolean', default: false, description: 'Log level debug.' },
    logLevel: {
      enum: ['error', 'warn', 'info', 'debug'],
      default: 'info',
      description: 'Least severe level that is logged.',
    },
    logFormat: { enum: ['text', 'json'], description: 'Default: text on a terminal, json elsewhere.' },

    reasoningEffort: {
      'x-section': 'What a request does not say',
      enum: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
      default: 'medium',
      'x-env': ['OPENCOMPAT_REASONING_EFFORT', 'OPENCOMPAT_CHATGPT_REASONING_EFFORT'],
      description: 'Reasoning effort of requests that do not say one; clamped to what the model takes.',
    },
    reasoningSummary: {
      enum: ['auto', 'concise', 'detailed', 'none'],
      default: 'auto',
      'x-env': ['OPENCOMPAT_REASONING_SUMMARY', 'OPENCOMPAT_CHATGPT_REASONING_SUMMARY'],
      description: 'Reasoning summary of requests that do not say one (header X-Reasoning-Summary).',
    },
    textVerbosity: {
      enum: ['low', 'medium', 'high'],
      default: 'medium',
      'x-env': ['OPENCOMPAT_TEXT_VERBOSITY', 'OPENCOMPAT_CHATGPT_TEXT_VERBOSITY'],
      description: 'Verbosity of requests that do not say one (header X-Text-Verbosity).',
    },
    reasoningCompat: {
      enum: reasoningCompats,
      default: 'reasoning_content',
      'x-env': ['OPENCOMPAT_REASONING_COMPAT', 'OPENCOMPAT_CHATGPT_REASONING_COMPAT'],
      description: 'How reasoning text reaches Chat Completions clients (header X-Reasoning-Compat).',
    },

    aliases: {
      'x-section': 'Models',
      type: 'object',
      additionalProperties: {
        type: ['string', 'array'],
        minLength: 1,
        minItems: 1,
        maxItems: 16,
        items: { type: 'string', minLength: 1 },
      },
      default: {},
      'x-env': [],
      description:
        'Further model names: alias → model, `*` in an alias standing for any text (`claude-*haiku*`; the longest that fits counts, and only for names that nothing else is known by), or a list of models of which each stands in for the one before when that has no quota left, fails or cannot be reached.',
    },
    demo: {
      type: 'boolean',
      default: false,
      description: 'Serve the built-in `demo` model even when a provider has credentials.',
    },

    providers: {
      'x-section': 'Providers',
      type: 'object',
      'x-env': [],
      default: {},
      description:
        'Who is asked for models, by name, in this order; the built-in ones that are not named come behind. README.md has examples, under “Other servers”.',
      additionalProperties: {
        type: 'object',
        properties: {
          type: {
            type: 'string',
            description: '`openai-compatible`, or a built-in provider’s name, to place it or switch it off.',
          },
          enabled: { type: 'boolean', default: true },
          plugin: {
            type: 'string',
            minLength: 1,
            description: 'Path (relative to the configuration file) or npm package of a provider; instead of a type.',
          },
          options: { type: 'object', description: 'The plugin’s options.' },
          ...openAiCompatibleOptions.properties,
          // It has a default where it belongs, and stands here for no other type.
          responses: { enum: openAiCompatibleOptions.properties.responses.enum },
        },
      },
    },
    openaiBaseUrl: {
      type: 'string',
      format: 'http-url',
      description:
        'Base URL of one OpenAI-compatible server, the provider `openai`; like an entry of `providers` without a file. OpenAI’s own when only `openaiApiKey` is given.',
    },
    openaiApiKey: {
      ...openAiCompatibleOptions.properties.apiKey,
      description: 'Its API key.',
    },

    chatgptBaseUrl: {
      'x-section': 'ChatGPT',
      type: 'string',
      format: 'http-url',
      default: 'https://chatgpt.com/backend-api',
      description: 'Base URL of the ChatGPT backend.',
    },
    chatgptAuthUrl: {
      type: 'string',
      format: 'http-url',
      default: 'https://auth.openai.com',
      description: 'Base URL of the ChatGPT sign-in.',
    },
    oauthClientId: {
      type: 'string',
      minLength: 1,
      default: 'app_EMoamEEZ73f0CkXaXp7hrann',
      'x-env': ['OPENCOMPAT_OAUTH_CLIENT_ID', 'OPENCOMPAT_CHATGPT_OAUTH_CLIENT_ID'],
      description: 'OAuth client of the sign-in: by default the public one of Codex.',
    },
    chatgptOriginator: {
      type: 'string',
      minLength: 1,
      default: 'codex_cli_rs',
      description: 'Product id sent to the ChatGPT backend (`originator` and User-Agent).',
    },
    chatgptClientVersion: {
      type: 'string',
      pattern: '^\\d+\\.\\d+\\.\\d+',
      default: '0.169.0',
      description: 'Client version sent to the ChatGPT backend; newer models ask for newer versions.',
    },
    chatgptModels: {
      ...names,
      default: [],
      description:
        'Model names offered while the account’s own list is not known. Empty: the list shipped with the package.',
    },
    modelsRefresh: {
      ...refresh,
      default: 60,
      'x-env': ['OPENCOMPAT_MODELS_REFRESH', 'OPENCOMPAT_COPILOT_MODELS_REFRESH'],
      description: 'How often model lists are refreshed: minutes, or a cron expression; 0 = off.',
    },
    instructions: {
      type: 'string',
      format: 'instructions',
      default: 'auto',
      description:
        '`auto`: the client’s own system text (Codex’s only where the backend insists). `codex`: always Codex’s text. `file`: the text of `instructionsFile`. A path means `file` and that path.',
    },
    instructionsFile: { type: 'string', minLength: 1, description: 'Path of the text for `instructions: file`.' },
    instructionsRefresh: {
      ...refresh,
      default: 1440,
      'x-env': ['OPENCOMPAT_INSTRUCTIONS_REFRESH', 'OPENCOMPAT_CHATGPT_INSTRUCTIONS_REFRESH'],
      description: 'How often Codex’s instruction files are refreshed: minutes, or a cron expression; 0 = off.',
    },
    instructionsTag: {
      type: 'string',
      minLength: 1,
      default: 'latest',
      description: 'Release tag of openai/codex to take instruction files from; `latest` asks GitHub.',
    },
    githubUrl: {
      type: 'string',
      format: 'http-url',
      default: 'https://github.com',
      description: 'GitHub’s pages: where Copilot is signed in to; they tell the newest release when the API does not.',
    },
    githubApiUrl: {
      type: 'string',
      format: 'http-url',
      default: 'https://api.github.com',
      description: 'GitHub’s API.',
    },
    githubRawUrl: {
      type: 'string',
      format: 'http-url',
      default: 'https://raw.githubusercontent.com',
      description: 'GitHub’s raw files.',
    },

    copilotBaseUrl: {
      'x-section': 'GitHub Copilot',
      type: 'string',
      format: 'http-url',
      default: 'https://api.githubcopilot.com',
      description: 'Base URL of the Copilot backend. By default the one that the account is told to use.',
    },
    copilotClientId: {
      type: 'string',
      minLength: 1,
      default: 'Iv1.b507a08c87ecfe98',
      description: 'OAuth client of the sign-in at GitHub: by default the public one of Copilot’s editor plugins.',
    },
    copilotEditorVersion: {
      ...headerText,
      default: 'vscode/1.111.0',
      description: 'Editor sent to the Copilot backend (`Editor-Version`); newer models ask for newer ones.',
    },
    copilotPluginVersion: {
      ...headerText,
      default: 'copilot-chat/0.42.0',
      description: 'Plugin sent to the Copilot backend (`Editor-Plugin-Version`; its version in User-Agent too).',
    },
    copilotIntegrationId: {
      ...headerText,
      default: 'vscode-chat',
      description:
        'Integration sent to the Copilot backend (`Copilot-Integration-Id`); decides which models there are.',
    },
    copilotApiVersion: {
      ...headerText,
      default: '2026-08-01',
      description:
        'API version sent to the Copilot backend (`X-GitHub-Api-Version`); an old one gets few models, a very old one HTTP 466.',
    },
    copilotAnthropicBeta: {
      type: 'array',
      items: { ...headerText },
      default: ['interleaved-thinking-2025-05-14', 'context-management-2025-06-27', 'advanced-tool-use-2025-11-20'],
      description: 'Beta features of Anthropic’s API that are asked for where Copilot speaks it (`anthropic-beta`).',
    },
    copilotModels: {
      ...names,
      default: [],
      description:
        'Model names offered while the account’s own list is not known. Empty: the list shipped with the package.',
    },

    rateLimit: {
      'x-section': 'Limits',
      type: 'integer',
      minimum: 0,
      default: 1200,
      'x-unit': 'requests a minute',
      description: 'Requests a minute for each client key, else for each address; 0 = off.',
    },
    maxBodyBytes: {
      type: 'integer',
      minimum: 1024,
      default: 10485760,
      'x-unit': 'bytes',
      description: 'Largest request body.',
    },
    requestTimeout: { ...seconds, default: 60, description: 'Time for a request’s body to arrive.' },
    headersTimeout: { ...seconds, default: 15, description: 'Time for a request’s headers to arrive.' },
    keepAliveTimeout: {
      ...seconds,
      default: 75,
      description: 'How long an idle connection of a client is kept; longer than a reverse proxy in front keeps it.',
    },
    upstreamIdleTimeout: {
      ...seconds,
      exclusiveMinimum: 0,
      default: 300,
      description: 'Longest silence of an upstream, or of a client that does not read, before it is given up.',
    },
    upstreamConnectTimeout: {
      ...seconds,
      exclusiveMinimum: 0,
      default: 15,
      description: 'Time to connect to an upstream.',
    },
    keepaliveInterval: {
      ...seconds,
      default: 15,
      description: 'Silence after which a stream gets a keepalive comment; 0 = off.',
    },
    shutdownGrace: { ...seconds, default: 30, description: 'Time that running streams have to finish at shutdown.' },
    middlewareTimeout: {
      ...seconds,
      default: 30,
      description: 'Time a middleware has to answer or pass a request on; 0 = none.',
    },
    maxEventBytes: {
      type: 'integer',
      minimum: 65536,
      default: 33554432,
      'x-unit': 'bytes',
      description: 'Largest single event of an upstream’s stream.',
    },
    maxAnswerBytes: {
      type: 'integer',
      minimum: 65536,
      default: 67108864,
      'x-unit': 'bytes',
      description: 'Largest answer that is gathered in memory (not streamed).',
    },
    maxChoices: {
      type: 'integer',
      minimum: 1,
      maximum: 128,
      default: 8,
      description: 'Largest `n` of a request; each choice is an upstream request of its own.',
    },
    maxPrompts: {
      type: 'integer',
      minimum: 1,
      maximum: 2048,
      default: 64,
      description: 'Most prompts in the list of a Completions request; `maxChoices` of them are answered at a time.',
    },
    maxConnections: {
      type: 'integer',
      minimum: 0,
      default: 0,
      description: 'Most client connections at a time; 0 = no limit.',
    },

    responsesStore: {
      'x-section': 'Kept responses',
      enum: ['memory', 'file', 'off'],
      default: 'memory',
      description:
        'Where answers of the Responses API are kept that clients go on from or ask for again: `file` outlives a restart; `off` keeps none. With `redis` they are there.',
    },
    responsesDir: {
      type: 'string',
      minLength: 1,
      description: 'Folder for `responsesStore: file`. Default: `responses` beside the credentials.',
    },
    responsesMaxEntries: {
      type: 'integer',
      minimum: 1,
      default: 2000,
      description: 'Most answers that are kept; the least lately used go first.',
    },
    responsesMaxBytes: {
      type: 'integer',
      minimum: 65536,
      default: 67108864,
      'x-unit': 'bytes',
      description: 'Largest size of all kept answers together.',
    },
    responsesMaxRestoredBytes: {
      type: 'integer',
      minimum: 65536,
      default: 33554432,
      'x-unit': 'bytes',
      description:
        'Most that one request is given of kept answers (`previous_response_id`, items that are named by their ids).',
    },
    responsesTtl: {
      ...seconds,
      exclusiveMinimum: 0,
      default: 604800,
      description: 'How long an answer is kept after its last use.',
    },

    websocketMaxConnections: {
      'x-section': 'WebSockets',
      type: 'integer',
      minimum: 0,
      default: 100,
      description: 'Most WebSocket connections (Responses API) at a time; 0 = none.',
    },
    websocketIdleTimeout: {
      ...seconds,
      exclusiveMinimum: 0,
      default: 3600,
      description: 'How long a WebSocket is kept on which nothing is asked.',
    },
    websocketMaxKeptBytes: {
      type: 'integer',
      minimum: 65536,
      default: 16777216,
      'x-unit': 'bytes',
      description: 'Largest size of the answers that one WebSocket keeps to go on from (`store: false`).',
    },

    redis: {
      'x-section': 'Several replicas',
      type: ['string', 'object'],
      format: 'redis-url',
      'x-secret': true,
      'x-env': ['OPENCOMPAT_REDIS_URL'],
      additionalProperties: false,
      required: ['url'],
      properties: {
        url: { type: 'string', format: 'redis-url', description: '`redis://` or `rediss://` (TLS).' },
        encryptionKey: { type: 'string', minLength: 32, description: 'The same as `redisEncryptionKey`.' },
        keyPrefix: { type: 'string', 'x-secret': false, description: 'Before the name of every key.' },
      },
      description:
        'Redis or Valkey in which several servers share rate limits, sign-ins and stored responses: its URL, or `url`, `encryptionKey` and `keyPrefix`. Absent: files and memory.',
    },
    redisEncryptionKey: {
      type: 'string',
      minLength: 32,
      'x-secret': true,
      description:
        'What sign-ins and responses are encrypted with before they go to Redis; the same for all servers. `openssl rand -base64 32` makes one.',
    },

    middleware: {
      'x-section': 'The chain',
      type: 'array',
      'x-env': [],
      default: [],
      description: 'Changes to the middleware chain; see middleware/README.md.',
      items: {
        type: 'object',
        additionalProperties: false,
        properties: {
          box: { type: 'string', description: 'Name of a box of the chain to give options to or switch off.' },
          plugin: {
            type: 'string',
            description: 'Path (relative to the configuration file) or npm package of a plugin to add.',
          },
          options: { type: 'object', description: 'The box’s or the plugin’s options.' },
          enabled: { type: 'boolean', default: true },
          before: { type: 'string', description: 'Place it directly before this box.' },
          after: { type: 'string', description: 'Place it directly after this box.' },
          replace: { type: 'string', description: 'Put it in the place of this box.' },
          apis: { ...names, description: 'Only for these APIs (default: all).' },
        },
      },
    },
  },
} as const satisfies JsonSchema;

type Written = FromSchema<typeof configSchema>;

/** An entry of `providers`. Settings of a type that are not described here are as they were written. */
export type ProviderEntry = Readonly<
  Omit<Written['providers'][string], 'apiKey' | 'headers'> & {
    apiKey?: Secret;
    headers?: Readonly<Record<string, Secret>>;
  }
>;

export interface RedisConfig {
  /** May hold a password. */
  url: Secret;
  encryptionKey: Secret;
  keyPrefix: string;
}

/** The effective configuration: defaults < file < environment < flags. Frozen. */
export type Config = Readonly<
  Omit<
    Written,
    'apiKeys' | 'openaiApiKey' | 'logFormat' | 'instructions' | 'aliases' | 'providers' | 'redis' | 'redisEncryptionKey'
  > & {
    aliases: Aliases;
    redis: RedisConfig | undefined;
    apiKeys: readonly Secret[];
    openaiApiKey: Secret | undefined;
    providers: Readonly<Record<string, ProviderEntry>>;
    instructions: 'auto' | 'codex' | 'file';
    logFormat: 'text' | 'json';
    /** Directory of the configuration file, which relative paths in it are relative to; else the working directory. */
    baseDir: string;
    /** The file that was read, if any. */
    file: string | undefined;
    /** `$XDG_DATA_HOME/opencompat`: credentials. */
    dataDir: string;
    /** `$XDG_CACHE_HOME/opencompat`: instruction files and model lists. */
    cacheDir: string;
  }
>;
