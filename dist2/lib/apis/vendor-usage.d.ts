import type { DecoderOptions } from './api.ts';
/** Copilot tells what an answer has cost beside the API's own fields of its last event: the provider reads it. */
export declare function passCopilotUsage(event: Readonly<Record<string, unknown>>, { onVendorEvent }: Pick<DecoderOptions, 'onVendorEvent'>): void;
