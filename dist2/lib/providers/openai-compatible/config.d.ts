export declare const openAiCompatibleKeys: {
    readonly modelsRefresh: {
        readonly type: readonly ["integer", "string"];
        readonly minimum: 0;
        readonly maximum: number;
        readonly format: 'cron';
        readonly 'x-unit': 'minutes';
        readonly default: 60;
        readonly 'x-env': readonly ["OPENCOMPAT_MODELS_REFRESH", "OPENCOMPAT_COPILOT_MODELS_REFRESH"];
        readonly description: 'How often model lists are refreshed: minutes, or a cron expression; 0 = off.';
    };
    readonly openaiBaseUrl: {
        readonly 'x-section': 'Providers';
        readonly type: 'string';
        readonly format: 'http-url';
        readonly description: 'Base URL of one OpenAI-compatible server, the provider `openai`; like an entry of `providers` without a file. OpenAI’s own when only `openaiApiKey` is given.';
    };
    readonly openaiApiKey: {
        readonly type: 'string';
        readonly pattern: '^[\\x21-\\x7e]+$';
        readonly 'x-expected': 'one word of printable ASCII characters, without `Bearer`';
        readonly 'x-secret': true;
        readonly description: 'Its API key.';
    };
};
