/** Masks secrets in a printed configuration: by the schema where there is one, by the names of keys elsewhere. */
import type { JsonSchema } from './json-schema.ts';
import { Secret } from './secret.ts';

export const mask = '[secret]';

const secretName = /key|token|secret|passw|credential|authorization|cookie/i;

/** Does the key's name suggest a secret? For a plugin's options there is no other sign. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** User name, password and query of any URL in a text: some people put secrets there. */
export function maskUrlCredentials(text: string): string {
  return text.replace(/(\/\/)[^/?#\s]*@/g, `$1${mask}@`).replace(/(\/\/[^?#\s]*\?)[^#\s'"]+/g, `$1${mask}`);
}

/**
 * A printable copy of a value. `x-secret` in a schema holds for all texts below it, down to a schema that says
 * `x-secret: false`.
 */
export function maskSecrets(value: unknown, schema: JsonSchema = {}, isInSecret = false, name = ''): unknown {
  const isSecret = (schema['x-secret'] as boolean | undefined) ?? isInSecret;
  if (value instanceof Secret) return mask;
  if (typeof value === 'string') {
    return isSecret || (schema.type === undefined && isSecretName(name)) ? mask : maskUrlCredentials(value);
  }
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, schema.items, isSecret, name));
  if (value === null || typeof value !== 'object') return value;
  const below = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      maskSecrets(item, schema.properties?.[key] ?? below, isSecret || (!schema.properties && isSecretName(key)), key),
    ]),
  );
}
