/** The configuration keys of ChatGPT. */
import type { ConfigOf, ConfigPlaces } from '../../options/fragment.ts';
export declare const chatGptKeys: {
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
    readonly chatgptBaseUrl: {
        readonly 'x-section': 'ChatGPT';
        readonly type: 'string';
        readonly format: 'http-url';
        readonly 'x-sign-in-hosts': readonly ["chatgpt.com", "openai.com"];
        readonly default: 'https://chatgpt.com/backend-api';
        readonly description: 'Base URL of the ChatGPT backend.';
    };
    readonly chatgptAuthUrl: {
        readonly type: 'string';
        readonly format: 'http-url';
        readonly 'x-sign-in-hosts': readonly ["openai.com", "chatgpt.com"];
        readonly default: 'https://auth.openai.com';
        readonly description: 'Base URL of the ChatGPT sign-in.';
    };
    readonly oauthClientId: {
        readonly type: 'string';
        readonly minLength: 1;
        readonly default: 'app_EMoamEEZ73f0CkXaXp7hrann';
        readonly 'x-env': readonly ["OPENCOMPAT_OAUTH_CLIENT_ID", "OPENCOMPAT_CHATGPT_OAUTH_CLIENT_ID"];
        readonly description: 'OAuth client of the sign-in: by default the public one of Codex.';
    };
    readonly chatgptOriginator: {
        readonly type: 'string';
        readonly minLength: 1;
        readonly default: 'codex_cli_rs';
        readonly description: 'Product id sent to the ChatGPT backend (`originator` and User-Agent).';
    };
    readonly chatgptClientVersion: {
        readonly type: 'string';
        readonly pattern: '^\\d+\\.\\d+\\.\\d+';
        readonly 'x-expected': 'a version such as 0.171.0';
        readonly default: '0.171.0';
        readonly description: 'Client version sent to the ChatGPT backend; newer models ask for newer versions.';
    };
    readonly chatgptModels: {
        readonly type: 'array';
        readonly items: {
            readonly type: 'string';
            readonly minLength: 1;
        };
        readonly default: readonly [];
        readonly description: 'Model names offered while the account’s own list is not known. Empty: the list shipped with the package.';
    };
    readonly instructions: {
        readonly type: 'string';
        readonly pattern: '^(auto|codex|file|off)$|^file:.|[./\\\\]';
        readonly 'x-expected': 'auto, codex, file or the path of a file';
        readonly examples: readonly ["auto", "codex", "file"];
        readonly default: 'auto';
        readonly description: '`auto`: the client’s own system text (Codex’s only where the backend insists). `codex`: always Codex’s text. `file`: the text of `instructionsFile`. A path means `file` and that path.';
    };
    readonly instructionsFile: {
        readonly type: 'string';
        readonly minLength: 1;
        readonly 'x-file': true;
        readonly description: 'Path of the text for `instructions: file`.';
    };
    readonly instructionsRefresh: {
        readonly type: readonly ["integer", "string"];
        readonly minimum: 0;
        readonly maximum: number;
        readonly format: 'cron';
        readonly 'x-unit': 'minutes';
        readonly default: 1440;
        readonly 'x-env': readonly ["OPENCOMPAT_INSTRUCTIONS_REFRESH", "OPENCOMPAT_CHATGPT_INSTRUCTIONS_REFRESH"];
        readonly description: 'How often Codex’s instruction files are refreshed: minutes, or a cron expression; 0 = off.';
    };
    readonly instructionsTag: {
        readonly type: 'string';
        readonly minLength: 1;
        readonly default: 'latest';
        readonly description: 'Release tag of openai/codex to take instruction files from; `latest` asks GitHub.';
    };
    readonly githubRawUrl: {
        readonly type: 'string';
        readonly format: 'http-url';
        readonly default: 'https://raw.githubusercontent.com';
        readonly description: 'GitHub’s raw files.';
    };
};
export type ChatGptConfig = ConfigOf<typeof chatGptKeys> & ConfigPlaces;
