export declare const keptKeys: {
    readonly responsesStore: {
        readonly 'x-section': 'Kept responses';
        readonly enum: readonly ["memory", "file", "off"];
        readonly default: 'memory';
        readonly 'x-restart': true;
        readonly description: 'Where answers of the Responses API are kept, for clients that go on from them or retrieve them: `file` outlives a restart; `off` keeps none. With `redis` they are in Redis.';
    };
    readonly responsesDir: {
        readonly type: 'string';
        readonly minLength: 1;
        readonly 'x-restart': true;
        readonly description: 'Folder for `responsesStore: file`. Default: `responses` beside the credentials.';
    };
    readonly responsesMaxEntries: {
        readonly type: 'integer';
        readonly minimum: 1;
        readonly default: 2000;
        readonly 'x-restart': true;
        readonly description: 'Most answers that are kept; of whoever has the most, the least lately used go first. With `redis`: of each client key.';
    };
    readonly responsesMaxBytes: {
        readonly type: 'integer';
        readonly minimum: 65536;
        readonly default: 67108864;
        readonly 'x-unit': 'bytes';
        readonly 'x-restart': true;
        readonly description: 'Largest size of all kept answers together; with `redis`, of those of each client key.';
    };
    readonly responsesMaxRestoredBytes: {
        readonly type: 'integer';
        readonly minimum: 65536;
        readonly default: 33554432;
        readonly 'x-unit': 'bytes';
        readonly description: 'Largest conversation that one request restores from kept answers (`previous_response_id`, items named by their ids).';
    };
    readonly responsesTtl: {
        readonly type: 'number';
        readonly minimum: 0;
        readonly maximum: number;
        readonly 'x-unit': 'seconds';
        readonly exclusiveMinimum: 0;
        readonly default: 604800;
        readonly 'x-restart': true;
        readonly description: 'How long an answer is kept after its last use.';
    };
    readonly resume: {
        readonly 'x-section': 'Streams to come back to';
        readonly enum: readonly ["asked", "all", "off"];
        readonly default: 'asked';
        readonly description: 'Which streams a client may come back to after its connection was lost: those for which it `asked` (header `x-opencompat-resume: new`), `all`, or none.';
    };
    readonly resumeTimeout: {
        readonly type: 'number';
        readonly minimum: 0;
        readonly maximum: number;
        readonly 'x-unit': 'seconds';
        readonly exclusiveMinimum: 0;
        readonly default: 60;
        readonly description: 'How long such a stream runs on, and is kept, after its last reader has left.';
    };
    readonly resumeMaxBytes: {
        readonly type: 'integer';
        readonly minimum: 65536;
        readonly default: 8388608;
        readonly 'x-unit': 'bytes';
        readonly description: 'Most bytes of one such stream that are kept; the oldest that its readers have been sent go first, and without a reader its upstream waits.';
    };
    readonly resumeMaxAnswers: {
        readonly type: 'integer';
        readonly minimum: 1;
        readonly default: 16;
        readonly description: 'Most such streams of one client key at a time (of all clients where there are no keys); further ones cannot be come back to, and say so.';
    };
    readonly backgroundMaxAnswers: {
        readonly 'x-section': 'Answers made in the background';
        readonly type: 'integer';
        readonly minimum: 0;
        readonly default: 16;
        readonly description: 'Most answers that are made in the background (Responses API) for one client key at a time (for all clients where there are no keys); 0 = none.';
    };
    readonly backgroundTimeout: {
        readonly type: 'number';
        readonly minimum: 0;
        readonly maximum: number;
        readonly 'x-unit': 'seconds';
        readonly exclusiveMinimum: 0;
        readonly default: 3600;
        readonly description: 'Longest time that such an answer may take. Its events are kept up to `resumeMaxBytes`, and for `resumeTimeout` after its end.';
    };
    readonly websocketMaxConnections: {
        readonly 'x-section': 'WebSockets';
        readonly type: 'integer';
        readonly minimum: 0;
        readonly default: 100;
        readonly description: 'Most WebSocket connections (Responses API) at a time; 0 = none.';
    };
    readonly websocketMaxConnectionsPerClient: {
        readonly type: 'integer';
        readonly minimum: 1;
        readonly default: 32;
        readonly description: 'Most of them that one client key has, or one address where there are no keys.';
    };
    readonly websocketMaxRequests: {
        readonly type: 'integer';
        readonly minimum: 1;
        readonly default: 16;
        readonly description: 'Most requests of one WebSocket that run or wait: those with one `stream_id` take turns.';
    };
    readonly websocketMaxPendingBytes: {
        readonly type: 'integer';
        readonly minimum: 65536;
        readonly default: 33554432;
        readonly 'x-unit': 'bytes';
        readonly description: 'Most bytes of messages that have not arrived whole or wait for their turn, of one client in all; a message may take as long as `requestTimeout`.';
    };
    readonly websocketIdleTimeout: {
        readonly type: 'number';
        readonly minimum: 0;
        readonly maximum: number;
        readonly 'x-unit': 'seconds';
        readonly exclusiveMinimum: 0;
        readonly default: 3600;
        readonly description: 'How long an idle WebSocket is kept.';
    };
    readonly websocketMaxKeptBytes: {
        readonly type: 'integer';
        readonly minimum: 65536;
        readonly default: 16777216;
        readonly 'x-unit': 'bytes';
        readonly description: 'Largest size of the answers that one WebSocket keeps to go on from (`store: false`).';
    };
};
