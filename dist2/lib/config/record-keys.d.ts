export declare const recordKeys: {
    readonly record: {
        readonly 'x-section': 'Captures';
        readonly enum: readonly ["off", "errors", "all"];
        readonly default: 'off';
        readonly description: 'Which requests are recorded, with all that passed between client, server and upstream, for `opencompat show`: none, those that fail, or all. Secrets are taken out; what people wrote is not.';
    };
    readonly recordMaxBytes: {
        readonly type: 'integer';
        readonly minimum: 10000;
        readonly default: number;
        readonly 'x-unit': 'bytes';
        readonly 'x-restart': true;
        readonly description: 'Most bytes of one capture; it says how many it lacks.';
    };
    readonly recordMaxMemoryBytes: {
        readonly type: 'integer';
        readonly minimum: 100000;
        readonly default: number;
        readonly 'x-unit': 'bytes';
        readonly 'x-restart': true;
        readonly description: 'Most bytes of all captures that are being recorded, or wait for the disk.';
    };
    readonly recordMaxFiles: {
        readonly type: 'integer';
        readonly minimum: 1;
        readonly default: 500;
        readonly 'x-restart': true;
        readonly description: 'Most captures that are kept; the oldest go first.';
    };
    readonly recordMaxDays: {
        readonly type: 'integer';
        readonly minimum: 1;
        readonly default: 7;
        readonly 'x-unit': 'days';
        readonly 'x-restart': true;
        readonly description: 'How long a capture is kept.';
    };
    readonly recordFiles: {
        readonly type: 'boolean';
        readonly default: false;
        readonly 'x-restart': true;
        readonly description: 'Do captures keep pictures and files, instead of their hash and size?';
    };
};
