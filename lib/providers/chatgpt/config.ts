/** The configuration keys of ChatGPT. */
import type { ConfigFragment, ConfigOf, ConfigPlaces } from '../../options/fragment.ts';
import { names, refreshTimes } from '../../options/parts.ts';
import { gitHubKeys, modelsRefreshKeys, requestDefaultKeys } from '../shared-config.ts';

export const chatGptKeys = {
  chatgptBaseUrl: {
    'x-section': 'ChatGPT',
    type: 'string',
    format: 'http-url',
    'x-sign-in-hosts': ['chatgpt.com', 'openai.com'],
    default: 'https://chatgpt.com/backend-api',
    description: 'Base URL of the ChatGPT backend.',
  },
  chatgptAuthUrl: {
    type: 'string',
    format: 'http-url',
    'x-sign-in-hosts': ['openai.com', 'chatgpt.com'],
    default: 'https://auth.openai.com',
    description: 'Base URL of the ChatGPT sign-in.',
  },
  oauthClientId: {
    type: 'string',
    minLength: 1,
    default: 'app_EMoamEEZ73f0CkXaXp7hrann',
    'x-env': ['OPENCOMPAT_OAUTH_CLIENT_ID', 'OPENCOMPAT_CHATGPT_OAUTH_CLIENT_ID'],
    description: 'OAuth client of the sign-in: by default the public one of Codex.',
  },
  chatgptOriginator: {
    type: 'string',
    minLength: 1,
    default: 'codex_cli_rs',
    description: 'Product id sent to the ChatGPT backend (`originator` and User-Agent).',
  },
  chatgptClientVersion: {
    type: 'string',
    pattern: '^\\d+\\.\\d+\\.\\d+',
    'x-expected': 'a version such as 0.171.0',
    default: '0.171.0',
    description: 'Client version sent to the ChatGPT backend; newer models ask for newer versions.',
  },
  chatgptModels: {
    ...names,
    default: [],
    description:
      'Model names offered while the account’s own list is not known. Empty: the list shipped with the package.',
  },
  ...modelsRefreshKeys,
  instructions: {
    type: 'string',
    // A mode; or a path, told from a misspelled mode by a dot, a slash or `file:`.
    pattern: '^(auto|codex|file|off)$|^file:.|[./\\\\]',
    'x-expected': 'auto, codex, file or the path of a file',
    examples: ['auto', 'codex', 'file'],
    default: 'auto',
    description:
      '`auto`: the client’s own system text (Codex’s only where the backend insists). `codex`: always Codex’s text. `file`: the text of `instructionsFile`. A path means `file` and that path.',
  },
  instructionsFile: {
    type: 'string',
    minLength: 1,
    'x-file': true,
    description: 'Path of the text for `instructions: file`.',
  },
  instructionsRefresh: {
    ...refreshTimes,
    default: 1440,
    'x-env': ['OPENCOMPAT_INSTRUCTIONS_REFRESH', 'OPENCOMPAT_CHATGPT_INSTRUCTIONS_REFRESH'],
    description: 'How often Codex’s instruction files are refreshed: minutes, or a cron expression; 0 = off.',
  },
  instructionsTag: {
    type: 'string',
    minLength: 1,
    default: 'latest',
    description: 'Release tag of openai/codex to take instruction files from; `latest` asks GitHub.',
  },
  ...gitHubKeys,
  githubRawUrl: {
    type: 'string',
    format: 'http-url',
    default: 'https://raw.githubusercontent.com',
    description: 'GitHub’s raw files.',
  },
  ...requestDefaultKeys,
} as const satisfies ConfigFragment;

export type ChatGptConfig = ConfigOf<typeof chatGptKeys> & ConfigPlaces;
