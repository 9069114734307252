/**
 * Models that stand in for names that clients have built in and no provider lists: those of Anthropic, which its clients name by
 * themselves, and those of OpenAI, of which examples, editors and older programs name the retired ones.
 */
import type { ModelInfo } from '../providers/provider.ts';

/** OpenAI's names of models that answer, until late 2026 (developers.openai.com/api/docs/models); a date may stand behind. */
const openAiName = new RegExp(
  `^(?:${[
    'gpt-3\\.5-turbo(?:-16k|-instruct)?',
    'gpt-4(?:-32k|-turbo(?:-preview)?)?',
    '(?:chat)?gpt-4o(?:-mini|-latest)?',
    'gpt-4\\.1(?:-mini|-nano)?',
    'gpt-4\\.5-preview',
    'o1(?:-mini|-preview|-pro)?',
    'o3(?:-mini|-pro)?',
    'o4-mini',
    'codex-mini-latest',
    'gpt-5(?:\\.\\d)?(?:-mini|-nano|-pro|-chat-latest|-codex(?:-mini|-max|-spark)?|-sol|-terra|-luna)?',
    'gpt-6(?:\\.\\d)?-(?:astra(?:-law)?|sol|terra|luna|cyber|rosalind)',
  ].join('|')})(?:-\\d{4}-\\d{2}-\\d{2}|-\\d{4})?$`,
);
const smallModel = /-(?:mini|nano|lite|small|flash|spark)\b/;

/** What a model must be to stand in; the first that any model is counts. */
type Wish = (id: string) => boolean;

/** The one of the models that stands in for a name; undefined for a name that no client has built in. */
export function chooseStandIn<Model extends { info: Pick<ModelInfo, 'id'> }>(
  name: string,
  models: readonly Model[],
): Model | undefined {
  for (const isWanted of wishesFor(name) ?? []) {
    const found = models.find(({ info }) => isWanted(info.id));
    if (found) return found;
  }
  return undefined;
}

function wishesFor(name: string): readonly Wish[] | undefined {
  if (isClaude(name)) return wishesForClaude(name);
  return openAiName.test(name) ? wishesForOpenAi(name) : undefined;
}

export function isClaude(name: string): boolean {
  return name.startsWith('claude-');
}

/** The same model under another name, one of its family, a small one for a small one, else the first of the list. */
function wishesForClaude(name: string): readonly Wish[] {
  const [family = name] = /haiku|sonnet|opus/.exec(name) ?? [];
  const release = toRelease(name);
  return [
    (id) => toRelease(id) === release,
    (id) => isClaude(id) && id.includes(family),
    (id) => family === 'haiku' && smallModel.test(id),
    () => true,
  ];
}

/** `claude-sonnet-4-5-20250929` and `claude-sonnet-4.5` are the same. */
function toRelease(name: string): string {
  return name.replace(/-(\d{8}|latest)$/, '').replaceAll('.', '-');
}

/** The same model without its date, one of its line and size, one of its size, else the first of the list. */
function wishesForOpenAi(name: string): readonly Wish[] {
  const release = toOpenAiRelease(name);
  const isOfSize: Wish = (id) => smallModel.test(id) === smallModel.test(name);
  const isOfLine: Wish = (id) => id.includes('codex') === name.includes('codex');
  return [
    (id) => toOpenAiRelease(id) === release,
    (id) => isOpenAi(id) && isOfLine(id) && isOfSize(id),
    (id) => isOpenAi(id) && isOfSize(id),
    isOfSize,
    () => true,
  ];
}

function isOpenAi(id: string): boolean {
  return /^(?:gpt-|o\d|codex)/.test(id);
}

/** `gpt-4o-2024-08-06`, `chatgpt-4o-latest` and `gpt-4o` are the same. */
function toOpenAiRelease(name: string): string {
  return name.replace(/^chatgpt-/, 'gpt-').replace(/(?:-chat)?-latest$|-\d{4}(?:-\d{2}-\d{2})?$/, '');
}
