/**
 * The models of ChatGPT plans in late 2026, used until the account's own list is known. Facts that only the
 * account knows (context windows, fast mode) are left out.
 */
import type { ReasoningEffort } from '../../canonical/types.ts';
import type { ModelInfo } from '../provider.ts';

const toXhigh: ReasoningEffort[] = ['low', 'medium', 'high', 'xhigh'];
const noneToXhigh: ReasoningEffort[] = ['none', ...toXhigh];
const toMax: ReasoningEffort[] = [...toXhigh, 'max'];

function model(id: string, efforts: ReasoningEffort[], defaultEffort: ReasoningEffort = 'medium'): ModelInfo {
  return { id, createdS: 0, ownedBy: 'openai', efforts, defaultEffort };
}

export const fallbackModels: readonly ModelInfo[] = [
  model('gpt-6-sol', toMax, 'low'),
  model('gpt-6-luna', toMax),
  model('gpt-6-astra', toMax),
  model('gpt-5.6-sol', toMax, 'low'),
  model('gpt-5.6-terra', toMax),
  model('gpt-5.6-luna', toMax),
  model('gpt-5.5', noneToXhigh),
  model('gpt-5.4', noneToXhigh),
  model('gpt-5.4-mini', toXhigh),
  model('gpt-5.3-codex-spark', toXhigh, 'high'),
  { ...model('codex-auto-review', toXhigh), isHidden: true },
];

/** A model that only the operator names: assumed to reason, as all ChatGPT models do. */
export function assumeModel(id: string): ModelInfo {
  return fallbackModels.find((known) => known.id === id) ?? model(id, ['low', 'medium', 'high']);
}
