/** The effective values as the program reads them: frozen, with secrets wrapped. */
import type { JsonSchema } from '../json-schema.ts';
import type { ConfigFragment, ConfigPlaces } from '../options/fragment.ts';
import { Secret } from '../secret.ts';
import { type Config, configSchema, type ProviderEntry, type RedisConfig, type WrittenConfig } from './schema.ts';

const keySchemas: ConfigFragment = configSchema.properties;
const defaultRedisKeyPrefix = 'opencompat:';

/** @param isTerminal does a person read the log? */
export function toConfig(written: WrittenConfig, places: ConfigPlaces, isTerminal: boolean): Config {
  const { redis, redisEncryptionKey, ...plain } = written;
  return freezeDeep({
    ...(sealTexts(withPlainUrls(plain)) as Omit<Config, 'redis'>),
    redis: toRedisConfig(redis, redisEncryptionKey),
    apiKeys: written.apiKeys.map((key) => new Secret(key)),
    providers: toProviders(written.providers),
    // As in a URL, where only IPv6 has them.
    host: written.host.replace(/^\[(.*)\]$/, '$1'),
    logFormat: written.logFormat ?? (isTerminal ? 'text' : 'json'),
    ...places,
  } satisfies Config);
}

/** URLs without a slash at the end: paths are appended to them. */
function withPlainUrls(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return mapValues(values, (value, name) =>
    typeof value === 'string' && keySchemas[name]?.format === 'http-url' ? value.replace(/\/+$/, '') : value,
  );
}

/** The secret texts among the values of keys, wrapped. */
function sealTexts(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return mapValues(values, (value, name) =>
    typeof value === 'string' && keySchemas[name]?.['x-secret'] === true ? new Secret(value) : value,
  );
}

/** The schema of a type names its secret settings; a plugin wraps its own options. */
export function toProviders(providers: WrittenConfig['providers']): Config['providers'] {
  const entrySchema = configSchema.properties.providers.additionalProperties;
  return mapValues(providers, (entry) => sealBySchema(entry, entrySchema) as ProviderEntry);
}

/** A value with every text wrapped that its schema calls secret. */
function sealBySchema(value: unknown, schema: JsonSchema | undefined): unknown {
  if (typeof value === 'string') return schema?.['x-secret'] === true ? new Secret(value) : value;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const others = typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  return mapValues(value as Record<string, unknown>, (item, key) =>
    sealBySchema(item, schema?.properties?.[key] ?? others),
  );
}

function toRedisConfig(redis: WrittenConfig['redis'], encryptionKey: string | undefined): RedisConfig | undefined {
  if (redis === undefined) return undefined;
  const { url, ...given } = typeof redis === 'string' ? { url: redis } : redis;
  return {
    url: new Secret(url.replace(/^valkey/, 'redis')),
    encryptionKey: new Secret(given.encryptionKey ?? encryptionKey ?? ''),
    keyPrefix: given.keyPrefix ?? defaultRedisKeyPrefix,
  };
}

function mapValues<T, R>(values: Readonly<Record<string, T>>, change: (value: T, key: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value, key)]));
}

function freezeDeep<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) freezeDeep(item);
  }
  return value;
}
