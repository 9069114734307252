/** Masks secrets in a printed configuration: by the schema where there is one, by the names of keys elsewhere. */
import type { JsonSchema } from './json-schema.ts';
export declare const mask = "[secret]";
/** Does the key's name suggest a secret? For a plugin's options there is no other sign. */
export declare function isSecretName(name: string): boolean;
/** User name, password and query of any URL in a text: some people put secrets there. */
export declare function maskUrlCredentials(text: string): string;
/**
 * A printable copy of a value. `x-secret` in a schema holds for all texts below it, down to a schema that says
 * `x-secret: false`.
 */
export declare function maskSecrets(value: unknown, schema?: JsonSchema, isInSecret?: boolean, name?: string): unknown;
