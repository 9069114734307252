/** The GitHub Copilot seat's own backend. */
export declare const copilot: Omit<import("../definition.ts").BuiltInProvider, "keys"> & {
    readonly keys: {
        readonly reasoningEffort: {
            readonly 'x-section': 'What a request does not say';
            readonly enum: readonly ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
            readonly default: 'medium';
            readonly 'x-env': readonly ["OPENCOMPAT_REASONING_EFFORT", "OPENCOMPAT_CHATGPT_REASONING_EFFORT"];
            readonly description: 'Reasoning effort of requests without one; clamped to what the model takes.';
        };
        readonly reasoningSummary: {
            readonly enum: readonly ["auto", "concise", "detailed", "none"];
            readonly default: 'auto';
            readonly 'x-env': readonly ["OPENCOMPAT_REASONING_SUMMARY", "OPENCOMPAT_CHATGPT_REASONING_SUMMARY"];
            readonly description: 'Reasoning summary of requests without one (header X-Reasoning-Summary).';
        };
        readonly textVerbosity: {
            readonly enum: readonly ["low", "medium", "high"];
            readonly default: 'medium';
            readonly 'x-env': readonly ["OPENCOMPAT_TEXT_VERBOSITY", "OPENCOMPAT_CHATGPT_TEXT_VERBOSITY"];
            readonly description: 'Verbosity of requests without one (header X-Text-Verbosity).';
        };
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
        readonly githubUrl: {
            readonly type: 'string';
            readonly format: 'http-url';
            readonly 'x-sign-in-hosts': readonly ["github.com", "ghe.com"];
            readonly default: 'https://github.com';
            readonly description: 'GitHub’s pages: where Copilot is signed in to; they tell the newest release when the API does not.';
        };
        readonly githubApiUrl: {
            readonly type: 'string';
            readonly format: 'http-url';
            readonly 'x-sign-in-hosts': readonly ["github.com", "ghe.com"];
            readonly default: 'https://api.github.com';
            readonly description: 'GitHub’s API.';
        };
        readonly copilotBaseUrl: {
            readonly 'x-section': 'GitHub Copilot';
            readonly type: 'string';
            readonly format: 'http-url';
            readonly 'x-sign-in-hosts': readonly ["githubcopilot.com", "ghe.com"];
            readonly default: 'https://api.githubcopilot.com';
            readonly description: 'Base URL of the Copilot backend. By default the one that the account is told to use.';
        };
        readonly copilotClientId: {
            readonly type: 'string';
            readonly minLength: 1;
            readonly default: 'Iv1.b507a08c87ecfe98';
            readonly description: 'OAuth client of the sign-in at GitHub: by default the public one of Copilot’s editor plugins.';
        };
        readonly copilotEditorVersion: {
            readonly type: 'string';
            readonly pattern: '^[\\x21-\\x7e]+$';
            readonly 'x-expected': 'one word of printable ASCII characters, as an HTTP header carries it';
            readonly default: 'vscode/1.111.0';
            readonly description: 'Editor sent to the Copilot backend (`Editor-Version`); newer models ask for newer ones.';
        };
        readonly copilotPluginVersion: {
            readonly type: 'string';
            readonly pattern: '^[\\x21-\\x7e]+$';
            readonly 'x-expected': 'one word of printable ASCII characters, as an HTTP header carries it';
            readonly default: 'copilot-chat/0.42.0';
            readonly description: 'Plugin sent to the Copilot backend (`Editor-Plugin-Version`; its version in User-Agent too).';
        };
        readonly copilotIntegrationId: {
            readonly type: 'string';
            readonly pattern: '^[\\x21-\\x7e]+$';
            readonly 'x-expected': 'one word of printable ASCII characters, as an HTTP header carries it';
            readonly default: 'vscode-chat';
            readonly description: 'Integration sent to the Copilot backend (`Copilot-Integration-Id`); decides which models there are.';
        };
        readonly copilotApiVersion: {
            readonly type: 'string';
            readonly pattern: '^[\\x21-\\x7e]+$';
            readonly 'x-expected': 'one word of printable ASCII characters, as an HTTP header carries it';
            readonly default: '2026-08-01';
            readonly description: 'API version sent to the Copilot backend (`X-GitHub-Api-Version`); an old one gets few models, a very old one HTTP 466.';
        };
        readonly copilotAnthropicBeta: {
            readonly type: 'array';
            readonly items: {
                readonly type: 'string';
                readonly pattern: '^[\\x21-\\x7e]+$';
                readonly 'x-expected': 'one word of printable ASCII characters, as an HTTP header carries it';
            };
            readonly default: readonly ["interleaved-thinking-2025-05-14", "context-management-2025-06-27", "advanced-tool-use-2025-11-20"];
            readonly description: 'Beta features of Anthropic’s API that are asked for where Copilot speaks it (`anthropic-beta`).';
        };
        readonly copilotModels: {
            readonly type: 'array';
            readonly items: {
                readonly type: 'string';
                readonly minLength: 1;
            };
            readonly default: readonly [];
            readonly description: 'Model names offered while the account’s own list is not known. Empty: the list shipped with the package.';
        };
    };
};
