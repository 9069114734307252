export declare const usageKeys: {
    readonly usageStore: {
        readonly 'x-section': 'Usage';
        readonly enum: readonly ["file", "off"];
        readonly default: 'file';
        readonly 'x-restart': true;
        readonly description: 'Where the ledger is kept, a row for each request (never its content), which `opencompat usage` adds up: in a file, or `off`.';
    };
    readonly usageFile: {
        readonly type: 'string';
        readonly minLength: 1;
        readonly 'x-restart': true;
        readonly description: 'File of the ledger (SQLite), on a disk of this machine. Default: `usage.sqlite` beside the credentials.';
    };
    readonly usageMaxRows: {
        readonly type: 'integer';
        readonly minimum: 1000;
        readonly default: 100000;
        readonly 'x-restart': true;
        readonly description: 'Most requests of which the ledger keeps a row; the oldest go first.';
    };
    readonly usageMaxDays: {
        readonly type: 'integer';
        readonly minimum: 1;
        readonly default: 90;
        readonly 'x-unit': 'days';
        readonly 'x-restart': true;
        readonly description: 'How long a row is kept. The sums of each day by key, provider and model stay for good; in Redis, where several servers add up together, as long as a row.';
    };
    readonly usageMaxSums: {
        readonly type: 'integer';
        readonly minimum: 100;
        readonly default: 2000;
        readonly 'x-restart': true;
        readonly description: 'Most sums of one day; what comes on top is added up without its model’s name, and then without its key’s.';
    };
    readonly prices: {
        readonly type: 'object';
        readonly additionalProperties: {
            readonly type: 'object';
            readonly additionalProperties: false;
            readonly required: readonly ["input", "output"];
            readonly properties: {
                readonly input: {
                    readonly type: 'number';
                    readonly minimum: 0;
                    readonly 'x-unit': 'USD for a million tokens';
                    readonly description: 'Of the tokens that are sent.';
                };
                readonly cached: {
                    readonly type: 'number';
                    readonly minimum: 0;
                    readonly 'x-unit': 'USD for a million tokens';
                    readonly description: 'Of those of them that the provider had cached. Default: as `input`.';
                };
                readonly output: {
                    readonly type: 'number';
                    readonly minimum: 0;
                    readonly 'x-unit': 'USD for a million tokens';
                    readonly description: 'Of the tokens of the answer, reasoning included.';
                };
            };
        };
        readonly default: {};
        readonly 'x-env': readonly [];
        readonly description: 'What a million tokens cost, in USD, by the model: its name or `provider/model`, `*` standing for any text; the longest name that fits counts. Without a price a request costs nothing, but for Copilot’s credits (0.01 USD each).';
    };
};
