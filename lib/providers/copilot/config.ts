/** The configuration keys of GitHub Copilot. */
import type { ConfigFragment, ConfigOf, ConfigPlaces } from '../../options/fragment.ts';
import { headerText, names } from '../../options/parts.ts';
import { gitHubKeys, modelsRefreshKeys, requestDefaultKeys } from '../shared-config.ts';

export const copilotKeys = {
  copilotBaseUrl: {
    'x-section': 'GitHub Copilot',
    type: 'string',
    format: 'http-url',
    'x-sign-in-hosts': ['githubcopilot.com', 'ghe.com'],
    default: 'https://api.githubcopilot.com',
    description: 'Base URL of the Copilot backend. By default the one that the account is told to use.',
  },
  copilotClientId: {
    type: 'string',
    minLength: 1,
    default: 'Iv1.b507a08c87ecfe98',
    description: 'OAuth client of the sign-in at GitHub: by default the public one of Copilot’s editor plugins.',
  },
  copilotEditorVersion: {
    ...headerText,
    default: 'vscode/1.111.0',
    description: 'Editor sent to the Copilot backend (`Editor-Version`); newer models ask for newer ones.',
  },
  copilotPluginVersion: {
    ...headerText,
    default: 'copilot-chat/0.42.0',
    description: 'Plugin sent to the Copilot backend (`Editor-Plugin-Version`; its version in User-Agent too).',
  },
  copilotIntegrationId: {
    ...headerText,
    default: 'vscode-chat',
    description: 'Integration sent to the Copilot backend (`Copilot-Integration-Id`); decides which models there are.',
  },
  copilotApiVersion: {
    ...headerText,
    default: '2026-08-01',
    description:
      'API version sent to the Copilot backend (`X-GitHub-Api-Version`); an old one gets few models, a very old one HTTP 466.',
  },
  copilotAnthropicBeta: {
    type: 'array',
    items: { ...headerText },
    default: ['interleaved-thinking-2025-05-14', 'context-management-2025-06-27', 'advanced-tool-use-2025-11-20'],
    description: 'Beta features of Anthropic’s API that are asked for where Copilot speaks it (`anthropic-beta`).',
  },
  copilotModels: {
    ...names,
    default: [],
    description:
      'Model names offered while the account’s own list is not known. Empty: the list shipped with the package.',
  },
  ...modelsRefreshKeys,
  ...gitHubKeys,
  ...requestDefaultKeys,
} as const satisfies ConfigFragment;

export type CopilotConfig = ConfigOf<typeof copilotKeys> & ConfigPlaces;
