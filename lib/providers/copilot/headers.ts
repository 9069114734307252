/** What every request to Copilot and to GitHub says about the editor that asks. */
import type { CopilotConfig } from './config.ts';

export type CopilotHeadersConfig = Pick<
  CopilotConfig,
  'copilotApiVersion' | 'copilotEditorVersion' | 'copilotIntegrationId' | 'copilotPluginVersion'
>;

/** `GitHubCopilotChat/0.42.0`, in step with the plugin `copilot-chat/0.42.0`. */
function userAgent(pluginVersion: string): string {
  return `GitHubCopilotChat/${pluginVersion.slice(pluginVersion.lastIndexOf('/') + 1)}`;
}

export function copilotHeaders(config: CopilotHeadersConfig): Record<string, string> {
  return {
    accept: 'application/json',
    'copilot-integration-id': config.copilotIntegrationId,
    'editor-plugin-version': config.copilotPluginVersion,
    'editor-version': config.copilotEditorVersion,
    'user-agent': userAgent(config.copilotPluginVersion),
    'x-github-api-version': config.copilotApiVersion,
  };
}
