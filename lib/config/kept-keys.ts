/** Keys of the configuration for kept answers, and for WebSockets, whose requests go on from them. */
import type { ConfigFragment } from '../options/fragment.ts';
import { seconds } from '../options/parts.ts';

export const keptKeys = {
  responsesStore: {
    'x-section': 'Kept responses',
    enum: ['memory', 'file', 'off'],
    default: 'memory',
    'x-restart': true,
    description:
      'Where answers of the Responses API are kept, for clients that go on from them or retrieve them: `file` outlives a restart; `off` keeps none. With `redis` they are in Redis.',
  },
  responsesDir: {
    type: 'string',
    minLength: 1,
    'x-restart': true,
    description: 'Folder for `responsesStore: file`. Default: `responses` beside the credentials.',
  },
  responsesMaxEntries: {
    type: 'integer',
    minimum: 1,
    default: 2000,
    'x-restart': true,
    description:
      'Most answers that are kept; of whoever has the most, the least lately used go first. With `redis`: of each client key.',
  },
  responsesMaxBytes: {
    type: 'integer',
    minimum: 65536,
    default: 67108864,
    'x-unit': 'bytes',
    'x-restart': true,
    description: 'Largest size of all kept answers together; with `redis`, of those of each client key.',
  },
  responsesMaxRestoredBytes: {
    type: 'integer',
    minimum: 65536,
    default: 33554432,
    'x-unit': 'bytes',
    description:
      'Largest conversation that one request restores from kept answers (`previous_response_id`, items named by their ids).',
  },
  responsesTtl: {
    ...seconds,
    exclusiveMinimum: 0,
    default: 604800,
    'x-restart': true,
    description: 'How long an answer is kept after its last use.',
  },
  resume: {
    'x-section': 'Streams to come back to',
    enum: ['asked', 'all', 'off'],
    default: 'asked',
    description:
      'Which streams a client may come back to after its connection was lost: those for which it `asked` (header `x-opencompat-resume: new`), `all`, or none.',
  },
  resumeTimeout: {
    ...seconds,
    exclusiveMinimum: 0,
    default: 60,
    description: 'How long such a stream runs on, and is kept, after its last reader has left.',
  },
  resumeMaxBytes: {
    type: 'integer',
    minimum: 65536,
    default: 8388608,
    'x-unit': 'bytes',
    description:
      'Most bytes of one such stream that are kept; the oldest that its readers have been sent go first, and without a reader its upstream waits.',
  },
  resumeMaxAnswers: {
    type: 'integer',
    minimum: 1,
    default: 16,
    description:
      'Most such streams of one client key at a time (of all clients where there are no keys); further ones cannot be come back to, and say so.',
  },
  backgroundMaxAnswers: {
    'x-section': 'Answers made in the background',
    type: 'integer',
    minimum: 0,
    default: 16,
    description:
      'Most answers that are made in the background (Responses API) for one client key at a time (for all clients where there are no keys); 0 = none.',
  },
  backgroundTimeout: {
    ...seconds,
    exclusiveMinimum: 0,
    default: 3600,
    description:
      'Longest time that such an answer may take. Its events are kept up to `resumeMaxBytes`, and for `resumeTimeout` after its end.',
  },
  websocketMaxConnections: {
    'x-section': 'WebSockets',
    type: 'integer',
    minimum: 0,
    default: 100,
    description: 'Most WebSocket connections (Responses API) at a time; 0 = none.',
  },
  websocketMaxConnectionsPerClient: {
    type: 'integer',
    minimum: 1,
    default: 32,
    description: 'Most of them that one client key has, or one address where there are no keys.',
  },
  websocketMaxRequests: {
    type: 'integer',
    minimum: 1,
    default: 16,
    description:
      'Most requests of one WebSocket that run or wait (those with one `stream_id` take turns), and most of its `response.steer` inputs that wait.',
  },
  websocketMaxPendingBytes: {
    type: 'integer',
    minimum: 65536,
    default: 33554432,
    'x-unit': 'bytes',
    description:
      'Most bytes of messages that have not arrived whole or wait for their turn, of one client in all; a message may take as long as `requestTimeout`.',
  },
  websocketIdleTimeout: {
    ...seconds,
    exclusiveMinimum: 0,
    default: 3600,
    description: 'How long an idle WebSocket is kept.',
  },
  websocketMaxKeptBytes: {
    type: 'integer',
    minimum: 65536,
    default: 16777216,
    'x-unit': 'bytes',
    description: 'Largest size of the answers that one WebSocket keeps to go on from (`store: false`).',
  },
} as const satisfies ConfigFragment;
