/** The configuration keys of Redis. */
import type { ConfigFragment } from '../options/fragment.ts';
import type { Secret } from '../secret.ts';

export const redisKeys = {
  redis: {
    'x-section': 'Several replicas',
    type: ['string', 'object'],
    format: 'redis-url',
    'x-secret': true,
    'x-restart': true,
    'x-sign-in-hosts': [],
    'x-env': ['OPENCOMPAT_REDIS_URL'],
    additionalProperties: false,
    required: ['url'],
    properties: {
      url: { type: 'string', format: 'redis-url', description: '`redis://` or `rediss://` (TLS).' },
      encryptionKey: { type: 'string', minLength: 32, description: 'The same as `redisEncryptionKey`.' },
      keyPrefix: { type: 'string', 'x-secret': false, description: 'Before the name of every key.' },
    },
    description:
      'Redis or Valkey in which several servers share rate limits, the limits of client keys, sums of what was used, sign-ins and stored responses: its URL, or `url`, `encryptionKey` and `keyPrefix`. Absent: files and memory.',
  },
  redisEncryptionKey: {
    type: 'string',
    minLength: 32,
    'x-secret': true,
    'x-restart': true,
    'x-sign-in-hosts': [],
    description:
      'Key that encrypts sign-ins and responses before they go to Redis; the same for all servers. `openssl rand -base64 32` makes one.',
  },
} as const satisfies ConfigFragment;

export interface RedisConfig {
  /** May hold a password. */
  readonly url: Secret;
  readonly encryptionKey: Secret;
  readonly keyPrefix: string;
}
