/**
 * Where Codex's instruction texts are in the repository openai/codex. Since 2026 they are in a catalogue, `models.json`
 * (which has itself moved once); before that each model family had a file in `codex-rs/core`.
 */
import { asObject, asText } from '../../lenient-json.ts';

/** Newest place first. */
export const cataloguePaths = ['codex-rs/models-manager/models.json', 'codex-rs/core/models.json'] as const;

export const promptFolder = 'codex-rs/core';

export const generalPromptFile = 'gpt_5_codex_prompt.md';

const promptFileByModel: Readonly<Record<string, string>> = {
  'gpt-5.2-codex': 'gpt-5.2-codex_prompt.md',
  'gpt-5.1-codex-max': 'gpt-5.1-codex-max_prompt.md',
  'gpt-5.1-codex': generalPromptFile,
  'gpt-5.1-codex-mini': generalPromptFile,
  'gpt-5-codex': generalPromptFile,
  'gpt-5.2': 'gpt_5_2_prompt.md',
  'gpt-5.1': 'gpt_5_1_prompt.md',
  'gpt-5': 'gpt_5_1_prompt.md',
};

export const promptFiles: readonly string[] = [...new Set(Object.values(promptFileByModel))];

/** The file of a model in `promptFolder`; undefined for models that used the general one. */
export function promptFileFor(model: string): string | undefined {
  return Object.hasOwn(promptFileByModel, model) ? promptFileByModel[model] : undefined;
}

export interface CataloguePrompts {
  byModel: ReadonlyMap<string, string>;
  /** Of the catalogue's foremost model, for models it does not know. */
  general: string | undefined;
}

/** The texts of a `models.json`; entries that cannot be read are passed over. Never throws. */
export function readCataloguePrompts(catalogue: unknown): CataloguePrompts {
  const byModel = new Map<string, string>();
  let general: string | undefined;
  let foremost = Number.POSITIVE_INFINITY;
  const entries = asObject(catalogue)?.models;
  for (const entry of Array.isArray(entries) ? entries.map(asObject) : []) {
    const slug = asText(entry?.slug);
    const text = entry && readPrompt(entry);
    if (!slug || !text || byModel.has(slug)) continue;
    byModel.set(slug, text);
    const priority = typeof entry.priority === 'number' ? entry.priority : Number.MAX_VALUE;
    if (priority < foremost) {
      foremost = priority;
      general = text;
    }
  }
  return { byModel, general };
}

function readPrompt(entry: Record<string, unknown>): string | undefined {
  const messages = asObject(entry.model_messages);
  const template = asText(messages?.instructions_template);
  return template
    ? fillTemplate(template, asObject(messages?.instructions_variables) ?? {})
    : asText(entry.base_instructions);
}

/** `{{ personality }}` is the variable `personality_default`, and nothing without one; other braces are text. */
function fillTemplate(template: string, variables: Record<string, unknown>): string {
  return template.replace(/\{\{\s*personality\s*\}\}/g, () => asText(variables.personality_default) ?? '');
}
