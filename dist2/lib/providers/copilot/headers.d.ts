/** What every request to Copilot and to GitHub says about the editor that asks. */
import type { CopilotConfig } from './config.ts';
export type CopilotHeadersConfig = Pick<CopilotConfig, 'copilotApiVersion' | 'copilotEditorVersion' | 'copilotIntegrationId' | 'copilotPluginVersion'>;
export declare function copilotHeaders(config: CopilotHeadersConfig): Record<string, string>;
