import type { Secret } from '../secret.ts';
export declare const redisKeys: {
    readonly redis: {
        readonly 'x-section': 'Several replicas';
        readonly type: readonly ["string", "object"];
        readonly format: 'redis-url';
        readonly 'x-secret': true;
        readonly 'x-restart': true;
        readonly 'x-sign-in-hosts': readonly [];
        readonly 'x-env': readonly ["OPENCOMPAT_REDIS_URL"];
        readonly additionalProperties: false;
        readonly required: readonly ["url"];
        readonly properties: {
            readonly url: {
                readonly type: 'string';
                readonly format: 'redis-url';
                readonly description: '`redis://` or `rediss://` (TLS).';
            };
            readonly encryptionKey: {
                readonly type: 'string';
                readonly minLength: 32;
                readonly description: 'The same as `redisEncryptionKey`.';
            };
            readonly keyPrefix: {
                readonly type: 'string';
                readonly 'x-secret': false;
                readonly description: 'Before the name of every key.';
            };
        };
        readonly description: 'Redis or Valkey in which several servers share rate limits, the limits of client keys, sums of what was used, sign-ins and stored responses: its URL, or `url`, `encryptionKey` and `keyPrefix`. Absent: files and memory.';
    };
    readonly redisEncryptionKey: {
        readonly type: 'string';
        readonly minLength: 32;
        readonly 'x-secret': true;
        readonly 'x-restart': true;
        readonly 'x-sign-in-hosts': readonly [];
        readonly description: 'Key that encrypts sign-ins and responses before they go to Redis; the same for all servers. `openssl rand -base64 32` makes one.';
    };
};
export interface RedisConfig {
    /** May hold a password. */
    readonly url: Secret;
    readonly encryptionKey: Secret;
    readonly keyPrefix: string;
}
