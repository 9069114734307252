import type { DecoderOptions } from './api.ts';

/** Copilot tells what an answer has cost beside the API's own fields of its last event: the provider reads it. */
export function passCopilotUsage(
  event: Readonly<Record<string, unknown>>,
  { onVendorEvent }: Pick<DecoderOptions, 'onVendorEvent'>,
): void {
  const { copilot_usage } = event;
  if (copilot_usage) onVendorEvent({ type: 'copilot_usage', copilot_usage } as { type: string });
}
