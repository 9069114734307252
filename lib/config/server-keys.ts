/** Keys of the configuration that belong to the server as a whole: where it listens, what it logs, its limits, its chain. */
import { usualMaxValues } from '../bounded-json.ts';
import type { ConfigFragment } from '../options/fragment.ts';
import { headerText, names, seconds } from '../options/parts.ts';
import { clientKeySchema, keyHash } from './client-key-schema.ts';

export const listeningKeys = {
  host: {
    'x-section': 'Listening',
    type: 'string',
    minLength: 1,
    format: 'listen-host',
    default: '127.0.0.1',
    'x-restart': true,
    description: 'Address to listen on.',
  },
  port: {
    type: 'integer',
    minimum: 0,
    maximum: 65535,
    default: 8080,
    'x-restart': true,
    description: 'Port to listen on; 0 lets the system choose.',
  },
  allowedHosts: {
    type: 'array',
    items: { type: 'string', format: 'host' },
    default: [],
    description:
      'Host names that requests may name besides loopback names and the address listened on; `*.example.com` for all below it. `*` allows all.',
  },
  allowedOrigins: {
    type: 'array',
    items: { type: 'string', format: 'origin' },
    default: [],
    description:
      'Web origins whose pages may use the server (CORS) besides loopback pages; `https://*.example.com`, `chrome-extension://*`, `app://` and `http://box.lan:*` for several. `*` allows all.',
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
    items: { ...headerText, 'x-secret': true },
    default: [],
    'x-secret': true,
    description:
      'Client keys in plain text. When there is at least one (here or in `clientKeys`), every API request needs one.',
  },
  clientKeys: {
    type: 'array',
    items: clientKeySchema,
    default: [],
    'x-env': [],
    'x-secret': true,
    description:
      'Client keys by their hash, each with a name; and, where they are limited, their `limits`, `models`, `expires` and `disabled`.',
  },
} as const satisfies ConfigFragment;

export const consoleKeys = {
  console: {
    'x-section': 'Console',
    type: 'boolean',
    default: true,
    description: 'Serve the operator’s console at `/console`; `off`: there is none.',
  },
  adminKeys: {
    type: 'array',
    items: keyHash,
    default: [],
    'x-secret': true,
    description:
      'Admin keys by their hash (`sha256:…`, from `opencompat hash-key`), which open the console from anywhere. Without one, `opencompat console` opens it on the server’s machine.',
  },
} as const satisfies ConfigFragment;

export const metricsKeys = {
  metricsToken: {
    'x-section': 'Monitoring',
    ...headerText,
    'x-secret': true,
    description:
      'Token that opens `GET /metrics` (`Authorization: Bearer TOKEN`) and nothing else; client keys then do not. Absent: `/metrics` asks for a client key where there are any.',
  },
  tracing: {
    type: 'boolean',
    default: false,
    description:
      'Spans by OpenTelemetry for each request and each request to an upstream. Needs the package `@opentelemetry/api`, and an SDK that `node --import` loads.',
  },
} as const satisfies ConfigFragment;

export const reloadKeys = {
  watch: {
    'x-section': 'Reload',
    type: 'boolean',
    default: true,
    description:
      'Take up changes of the configuration file, and of the plugins and files that it names, as they happen. SIGHUP and `opencompat reload` do so in any case.',
  },
} as const satisfies ConfigFragment;

export const loggingKeys = {
  verbose: { 'x-section': 'Logging', type: 'boolean', default: false, description: 'Log level debug.' },
  logLevel: {
    enum: ['error', 'warn', 'info', 'debug'],
    default: 'info',
    description: 'Least severe level that is logged.',
  },
  logFormat: { enum: ['text', 'json'], description: 'Default: text on a terminal, json elsewhere.' },
} as const satisfies ConfigFragment;

export const limitKeys = {
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
  maxBodyValues: {
    type: 'integer',
    minimum: 1000,
    default: usualMaxValues,
    'x-unit': 'values',
    description:
      'Most objects, lists, keys and texts in a request body; four numbers count as one. While they are read, nobody else is served.',
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
    description:
      'Silence after which a stream gets a keepalive comment, also before the upstream has answered; 0 = off.',
  },
  keepaliveWhole: {
    type: 'boolean',
    default: false,
    description:
      'White space before its JSON keeps an answer in one piece alive too. An error behind it has the status 200.',
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
  maxEventLines: {
    type: 'integer',
    minimum: 64,
    default: 16384,
    description: 'Most lines of data in one event of an upstream’s stream.',
  },
  maxInterimAnswers: {
    type: 'integer',
    minimum: 1,
    default: 32,
    description: 'Most interim answers (1xx) of an upstream before its answer.',
  },
  maxAnswerBytes: {
    type: 'integer',
    minimum: 65536,
    default: 67108864,
    'x-unit': 'bytes',
    description: 'Largest answer that is gathered in memory (not streamed).',
  },
  maxStreamBytes: {
    type: 'integer',
    minimum: 65536,
    default: 67108864,
    'x-unit': 'bytes',
    description: 'Longest texts of a stream that is translated: its last events repeat them.',
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
  maxAnswers: {
    type: 'integer',
    minimum: 1,
    maximum: 4096,
    default: 64,
    description: 'Most answers of one request: `n` times its prompts. Each of them counts as a request in `rateLimit`.',
  },
  wrongKeyLimit: {
    type: 'integer',
    minimum: 0,
    default: 20,
    'x-unit': 'requests a minute',
    description:
      'Requests with a wrong client key that an address may send a minute before its keys are no longer looked at, but for those that it has used before; 0 = any number.',
  },
  maxConnections: {
    type: 'integer',
    minimum: 0,
    default: 1024,
    description: 'Most client connections at a time; 0 = no limit.',
  },
} as const satisfies ConfigFragment;

export const chainKeys = {
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
  pluginStateMaxEntries: {
    type: 'integer',
    minimum: 1,
    default: 10_000,
    'x-restart': true,
    description:
      'Most entries that plugins keep of clients (`services.clientState`), and most uploaded files and batches of which it is noted whose they are; of whoever has the most, those not used for longest go first. In Redis they go after 90 days.',
  },
  pluginStateMaxBytes: {
    type: 'integer',
    minimum: 64,
    default: 4096,
    'x-unit': 'bytes',
    'x-restart': true,
    description: 'Largest value of such an entry, as JSON.',
  },
} as const satisfies ConfigFragment;
