import type { ConfigOf } from '../options/fragment.ts';
/** Defaults for what a request leaves out. */
export declare const requestDefaultKeys: {
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
};
/** How often the lists of models are refreshed. */
export declare const modelsRefreshKeys: {
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
};
export type ModelsRefreshConfig = ConfigOf<typeof modelsRefreshKeys>;
/** GitHub's addresses, for Copilot's seats and Codex's releases. */
export declare const gitHubKeys: {
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
};
