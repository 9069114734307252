import { asObject } from '../../lenient-json.ts';

/** An AI credit is 0.01 USD. */
const nanoAiuPerCredit = 1_000_000_000;

/**
 * The AI credits of an answer, which its last event tells (seen since June 2026, when the billing of premium requests ended);
 * undefined for other events.
 */
export function readCredits({ copilot_usage }: Readonly<Record<string, unknown>>): number | undefined {
  const total = asObject(copilot_usage)?.total_nano_aiu;
  return typeof total === 'number' && Number.isFinite(total) && total >= 0 ? total / nanoAiuPerCredit : undefined;
}
