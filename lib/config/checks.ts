/** Checks of values that depend on each other: the server's own, and those of the fragments' owners. */
import { asObject } from '../lenient-json.ts';
import { joinPath } from '../options/faults.ts';
import type { ConfigCheck } from '../options/fragment.ts';
import { builtIns } from '../providers/built-ins.ts';
import { folderRules } from './folder-file.ts';
import { writeHash } from './key-hash.ts';
import type { WrittenConfig } from './schema.ts';

/**
 * Headers about the connection, which this server sets itself (RFC 9110 §7.6.1,
 * https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1; RFC 9112 §6, https://www.rfc-editor.org/rfc/rfc9112#section-6).
 */
const travelHeaders =
  /^(host|content-length|content-type|content-encoding|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|accept-encoding|proxy-.*)$/i;
/** A token (RFC 9110 §5.6.2, https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2). */
const headerName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;

/** The name of a key of `apiKeys` in logs. */
export function nameOfPlainKey(index: number): string {
  return `key-${index + 1}`;
}

const ownChecks: readonly ConfigCheck<WrittenConfig>[] = [
  {
    code: 'OC_KEEPALIVE_ABOVE_IDLE_TIMEOUT',
    rule: '`upstreamIdleTimeout` must be longer than `keepaliveInterval`, or no keepalive would ever be sent.',
    keys: ['upstreamIdleTimeout', 'keepaliveInterval'],
    find({ upstreamIdleTimeout, keepaliveInterval }) {
      if (upstreamIdleTimeout > keepaliveInterval) return [];
      const reason = `must be longer than keepaliveInterval, which is ${keepaliveInterval} seconds`;
      return [{ path: 'upstreamIdleTimeout', value: upstreamIdleTimeout, reason }];
    },
  },
  {
    code: 'OC_HEADERS_AFTER_REQUEST_TIMEOUT',
    rule: '`requestTimeout` covers the headers too, so it must not be shorter than `headersTimeout`, unless it is 0.',
    keys: ['requestTimeout', 'headersTimeout'],
    find({ requestTimeout, headersTimeout }) {
      if (requestTimeout === 0 || requestTimeout >= headersTimeout) return [];
      const reason = `must not be shorter than headersTimeout, which is ${headersTimeout} seconds`;
      return [{ path: 'requestTimeout', value: requestTimeout, reason }];
    },
  },
  {
    code: 'OC_CLIENT_NAME_TWICE',
    rule: 'Each of `clientKeys` needs a name of its own, for logs; those of `apiKeys` are `key-1`, `key-2` and so on.',
    keys: ['clientKeys', 'apiKeys'],
    find({ clientKeys, apiKeys }) {
      const owners = new Map(apiKeys.map((_, index) => [nameOfPlainKey(index), `apiKeys[${index}]`]));
      return clientKeys.flatMap(({ name }, index) => {
        if (name === undefined) return [];
        const first = owners.get(name);
        if (first) return [{ path: `clientKeys[${index}].name`, value: name, reason: `is also the name of ${first}` }];
        owners.set(name, `clientKeys[${index}]`);
        return [];
      });
    },
  },
  {
    code: 'OC_ADMIN_KEY_FOR_CLIENTS',
    rule: 'A key of `adminKeys` opens the console alone: it must not be a client key too.',
    keys: ['adminKeys', 'clientKeys', 'apiKeys'],
    find({ adminKeys, clientKeys, apiKeys }) {
      const ofClients = new Set([...apiKeys.map(writeHash), ...clientKeys.map(({ hash }) => hash)]);
      return adminKeys.flatMap((hash, index) => {
        if (!ofClients.has(hash)) return [];
        return [{ path: `adminKeys[${index}]`, value: undefined, reason: 'is a client key too: make another one' }];
      });
    },
  },
  {
    code: 'OC_PROVIDER_NAME',
    rule: 'A name in `providers` is what stands before the slash in `provider/model`: lower-case letters, digits and single hyphens, at most 40.',
    keys: ['providers'],
    find: ({ providers }) =>
      Object.keys(providers).flatMap((name) => {
        if (name.length <= 40 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return [];
        const reason = 'must be a name of at most 40 lower-case letters, digits and single hyphens';
        return [{ path: joinPath('providers', name), value: undefined, reason }];
      }),
  },
  {
    code: 'OC_PROVIDER_HEADER',
    rule: '`headers` of an entry of `providers` must have names that HTTP allows, and leave to the server how a request travels (`host`, `content-length`, `connection`, …).',
    keys: ['providers'],
    find: ({ providers }) =>
      Object.entries<Record<string, unknown>>(providers).flatMap(([provider, { headers }]) =>
        Object.keys(asObject(headers) ?? {}).flatMap((name) => {
          const reason = !headerName.test(name)
            ? 'is not a valid header name'
            : travelHeaders.test(name) && 'is a header that the server sets itself';
          return reason ? [{ path: joinPath(joinPath(joinPath('providers', provider), 'headers'), name), reason }] : [];
        }),
      ),
  },
  {
    code: 'OC_MIDDLEWARE_BOX_OR_PLUGIN',
    rule: 'Each entry of `middleware` names either a `box` or a `plugin`.',
    keys: ['middleware'],
    find: ({ middleware }) =>
      middleware.flatMap(({ box, plugin }, index) => {
        if ((box === undefined) !== (plugin === undefined)) return [];
        const reason = box === undefined ? 'must name a box or a plugin' : 'must not name both a box and a plugin';
        return [{ path: `middleware[${index}]`, value: undefined, reason }];
      }),
  },
  {
    code: 'OC_MIDDLEWARE_PLACE',
    rule: 'In an entry of `middleware`, at most one of `before`, `after` and `replace` places a `plugin`; a `box` has its place.',
    keys: ['middleware'],
    find: ({ middleware }) =>
      middleware.flatMap((entry, index) => {
        const places = (['before', 'after', 'replace'] as const).filter((place) => entry[place] !== undefined);
        const fault = (place: string, reason: string) => [
          { path: `middleware[${index}].${place}`, value: undefined, reason },
        ];
        if (places[0] && entry.plugin === undefined) return fault(places[0], 'places a plugin, but the entry has none');
        if (places[1]) return fault(places[1], `must not stand beside ${places[0]}: one place is enough`);
        return [];
      }),
  },
  {
    code: 'OC_REDIS_WITHOUT_KEY',
    rule: '`redis` needs `redisEncryptionKey`: sign-ins and conversations are stored in Redis only in encrypted form.',
    keys: ['redis', 'redisEncryptionKey'],
    find({ redis, redisEncryptionKey }) {
      if (redis === undefined || redisEncryptionKey !== undefined) return [];
      if (typeof redis === 'object' && redis.encryptionKey !== undefined) return [];
      return [
        { path: 'redis', value: undefined, reason: 'needs redisEncryptionKey (OPENCOMPAT_REDIS_ENCRYPTION_KEY)' },
      ];
    },
  },
];

export const configChecks: readonly ConfigCheck[] = [
  ...(ownChecks as readonly ConfigCheck[]),
  ...builtIns.flatMap(({ rules }) => rules?.checks ?? []),
];

/** Of the checks of single values; see options/formats.ts. */
const formatRules: readonly Pick<ConfigCheck, 'code' | 'rule'>[] = [
  {
    code: 'OC_TRUST_PROXY_OPEN',
    rule: '`trustedProxies` must name your proxies: a trusted proxy can claim any client address.',
  },
];

/** The meaning of each code of a configuration fault. */
export const configRules: readonly Pick<ConfigCheck, 'code' | 'rule'>[] = [
  ...configChecks,
  ...formatRules,
  ...folderRules,
];
