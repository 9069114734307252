/**
 * Keys of the configuration that several providers read. Each of them lists the key in its own fragment; the first one
 * documents it.
 */
import { reasoningSummaries, verbosities } from '../canonical/types.ts';
import type { ConfigFragment, ConfigOf } from '../options/fragment.ts';
import { refreshTimes } from '../options/parts.ts';

/** Defaults for what a request leaves out. */
export const requestDefaultKeys = {
  reasoningEffort: {
    'x-section': 'What a request does not say',
    enum: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
    default: 'medium',
    'x-env': ['OPENCOMPAT_REASONING_EFFORT', 'OPENCOMPAT_CHATGPT_REASONING_EFFORT'],
    description: 'Reasoning effort of requests without one; clamped to what the model takes.',
  },
  reasoningSummary: {
    enum: reasoningSummaries,
    default: 'auto',
    'x-env': ['OPENCOMPAT_REASONING_SUMMARY', 'OPENCOMPAT_CHATGPT_REASONING_SUMMARY'],
    description: 'Reasoning summary of requests without one (header X-Reasoning-Summary).',
  },
  textVerbosity: {
    enum: verbosities,
    default: 'medium',
    'x-env': ['OPENCOMPAT_TEXT_VERBOSITY', 'OPENCOMPAT_CHATGPT_TEXT_VERBOSITY'],
    description: 'Verbosity of requests without one (header X-Text-Verbosity).',
  },
} as const satisfies ConfigFragment;

/** How often the lists of models are refreshed. */
export const modelsRefreshKeys = {
  modelsRefresh: {
    ...refreshTimes,
    default: 60,
    'x-env': ['OPENCOMPAT_MODELS_REFRESH', 'OPENCOMPAT_COPILOT_MODELS_REFRESH'],
    description: 'How often model lists are refreshed: minutes, or a cron expression; 0 = off.',
  },
} as const satisfies ConfigFragment;

export type ModelsRefreshConfig = ConfigOf<typeof modelsRefreshKeys>;

/** GitHub's addresses, for Copilot's seats and Codex's releases. */
export const gitHubKeys = {
  githubUrl: {
    type: 'string',
    format: 'http-url',
    'x-sign-in-hosts': ['github.com', 'ghe.com'],
    default: 'https://github.com',
    description: 'GitHub’s pages: where Copilot is signed in to; they tell the newest release when the API does not.',
  },
  githubApiUrl: {
    type: 'string',
    format: 'http-url',
    'x-sign-in-hosts': ['github.com', 'ghe.com'],
    default: 'https://api.github.com',
    description: 'GitHub’s API.',
  },
} as const satisfies ConfigFragment;
