/** Anthropic itself, by an API key, or any server that speaks as it does. */
export declare const anthropic: Omit<import("../definition.ts").BuiltInProvider, "keys"> & {
    readonly keys: {
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
        readonly anthropicApiKey: {
            readonly type: 'string';
            readonly pattern: '^[\\x21-\\x7e]+$';
            readonly 'x-expected': 'one word of printable ASCII characters, without `Bearer`';
            readonly 'x-secret': true;
            readonly 'x-section': 'Providers';
            readonly description: 'API key of Anthropic, which makes the provider `anthropic`; like an entry of `providers` without a file.';
        };
        readonly reasoningEffort: {
            readonly 'x-section': 'What a request does not say';
            readonly enum: readonly ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
            readonly default: 'medium';
            readonly 'x-env': readonly ["OPENCOMPAT_REASONING_EFFORT", "OPENCOMPAT_CHATGPT_REASONING_EFFORT"];
            readonly description: 'Reasoning effort of requests without one; clamped to what the model takes.';
        };
    };
};
