/** The catalogue of the fake ChatGPT backend: an account on the plus plan, with the efforts each model really takes. */

export interface FakeModel {
  slug: string;
  /** Efforts that a request may ask for. `ultra`, which the catalogue may list besides, is refused as the backend does. */
  efforts: readonly string[];
  /** An entry of `GET /codex/models`. */
  entry: object;
}

interface ModelTraits {
  efforts?: readonly string[];
  listsUltra?: boolean;
  defaultEffort?: string;
  isHidden?: boolean;
  isFast?: boolean;
  minimalClientVersion?: string | readonly number[];
}

const usualEfforts = ['low', 'medium', 'high', 'xhigh'];
const maxEfforts = [...usualEfforts, 'max'];

/** @param priority place in the account's list */
export function createFakeModel(slug: string, traits: ModelTraits = {}, priority = 1): FakeModel {
  const { efforts = usualEfforts, defaultEffort = 'medium' } = traits;
  const listed = traits.listsUltra ? [...efforts, 'ultra'] : efforts;
  return {
    slug,
    efforts,
    entry: {
      slug,
      display_name: slug.replace('gpt', 'GPT'),
      description: `The model ${slug}.`,
      priority,
      visibility: traits.isHidden ? 'hide' : 'list',
      supported_in_api: true,
      minimal_client_version: traits.minimalClientVersion ?? '0.140.0',
      available_in_plans: ['plus', 'pro'],
      default_reasoning_level: defaultEffort,
      supported_reasoning_levels: listed.map((effort) => ({ effort, description: `Effort ${effort}.` })),
      supports_reasoning_summaries: true,
      default_reasoning_summary: 'auto',
      support_verbosity: true,
      default_verbosity: 'medium',
      supports_parallel_tool_calls: true,
      context_window: 272000,
      max_context_window: 400000,
      input_modalities: ['text', 'image'],
      service_tiers: traits.isFast ? [{ id: 'priority' }] : [],
      truncation_policy: { mode: 'tokens', limit: 10000 },
    },
  };
}

const catalogue: Record<string, ModelTraits> = {
  'gpt-6-sol': {
    efforts: maxEfforts,
    listsUltra: true,
    defaultEffort: 'low',
    isFast: true,
    minimalClientVersion: [0, 156, 0],
  },
  'gpt-6-luna': { efforts: maxEfforts },
  'gpt-5.6-terra': { efforts: maxEfforts, listsUltra: true },
  'gpt-5.5': { efforts: ['none', ...usualEfforts], isFast: true },
  'gpt-5.4': { efforts: ['none', ...usualEfforts] },
  'gpt-5.4-mini': {},
  'codex-auto-review': { isHidden: true },
};

export const fakeModels: readonly FakeModel[] = Object.entries(catalogue).map(([slug, traits], index) =>
  createFakeModel(slug, traits, index + 1),
);
