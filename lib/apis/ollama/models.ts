/** Models as Ollama's clients see them. Facts that a model behind an API does not have are left empty. */
import { createHash } from 'node:crypto';
import { toTimestamp } from './encoders.ts';

/** The facts of a model. */
export interface ModelFacts {
  /** As its provider names it. */
  id: string;
  ownedBy: string;
  /** Unix seconds; 0: not known. */
  createdS: number;
  /** Tokens. */
  contextWindow?: number;
  /** Empty when it does not reason. */
  efforts: readonly string[];
  inputModalities?: readonly string[];
  /** Absent: it calls tools. */
  hasTools?: boolean;
  /** Absent: it answers. */
  purpose?: 'embeddings' | 'images';
}

/** A model and the name by which it is listed. */
export interface ListedModel {
  id: string;
  provider: { name: string };
  info: ModelFacts;
}

/** The release of Ollama whose API this is. VS Code refuses anything below 0.6.4 (microsoft/vscode-copilot-chat). */
export const apiVersion = '0.18.3';

/** Without capabilities, clients read them from the template: Continue fills gaps if it finds `.Suffix`. */
const template = '{{ .System }}{{ .Tools }}{{ .Prompt }}{{ .Suffix }}{{ .Response }}';

/** An entry of /api/tags. */
export function toTag({ id, provider, info }: ListedModel): object {
  return {
    name: id,
    model: id,
    modified_at: toTimestamp(info.createdS * 1000),
    size: 0,
    digest: createHash('sha256').update(`${provider.name}/${info.id}`).digest('hex'),
    details: toDetails(info),
    capabilities: toCapabilities(info),
    ...(info.contextWindow !== undefined && { context_length: info.contextWindow }),
  };
}

/** How long a model will stay, as far as clients are told: they read a time, and nothing here unloads a model. */
const stayMs = 24 * 3_600_000;

/** An entry of /api/ps: every model is there at once, so that all of them count as loaded. */
export function toRunning(model: ListedModel, nowMs: number): object {
  return { ...toTag(model), expires_at: toTimestamp(nowMs + stayMs), size_vram: 0 };
}

/** The answer of /api/show. @param name as the client wrote it */
export function toModelCard(name: string, info: ModelFacts): object {
  const family = familyOf(info);
  return {
    modelfile: `FROM ${name}\n`,
    parameters: '',
    template: info.purpose ? '' : template,
    details: toDetails(info),
    model_info: {
      'general.architecture': family,
      'general.basename': info.id,
      ...(info.contextWindow !== undefined && { [`${family}.context_length`]: info.contextWindow }),
    },
    capabilities: toCapabilities(info),
    modified_at: toTimestamp(info.createdS * 1000),
  };
}

function toDetails(info: ModelFacts): object {
  const family = familyOf(info);
  return {
    parent_model: '',
    // Clients know only this format.
    format: 'gguf',
    family,
    families: [family],
    parameter_size: '',
    quantization_level: '',
  };
}

/** `gpt` of `gpt-5.5`, `llama` of `meta/llama3.3`. */
function familyOf({ id, ownedBy }: ModelFacts): string {
  return /^[a-z]+/i.exec(id.slice(id.lastIndexOf('/') + 1))?.[0].toLowerCase() ?? ownedBy;
}

function toCapabilities({ purpose, hasTools, inputModalities, efforts }: ModelFacts): string[] {
  if (purpose) return [purpose === 'embeddings' ? 'embedding' : 'image'];
  return [
    'completion',
    'insert',
    ...(hasTools === false ? [] : ['tools']),
    ...(inputModalities?.includes('image') ? ['vision'] : []),
    ...(efforts.length > 0 ? ['thinking'] : []),
  ];
}
