/** Facts about models that the backend's refusals have shown and its list lacks; kept in memory only. */
import type { CopilotPath } from './backend.ts';

export interface CopilotMemory {
  /** The model is no longer asked at this path. */
  refusePath(model: string, path: CopilotPath): void;
  /** The model may be asked anywhere again. */
  forgetPaths(model: string): void;
  isRefused(model: string, path: CopilotPath): boolean;
  /** The field is left out for the model from now on. */
  refuseField(model: string, field: string): void;
  fieldsRefused(model: string): ReadonlySet<string>;
}

/** Most models with remembered facts: more than any seat has. The oldest is forgotten. */
const maxRemembered = 500;
/** Most fields of one model; real models need fewer. */
const maxFields = 64;
const nothing: ReadonlySet<string> = new Set();

export function createCopilotMemory(): CopilotMemory {
  const paths = new Map<string, Set<string>>();
  const fields = new Map<string, Set<string>>();

  return {
    refusePath(model, path) {
      add(paths, model, path);
    },
    forgetPaths(model) {
      paths.delete(model);
    },
    isRefused: (model, path) => paths.get(model)?.has(path) ?? false,
    refuseField(model, field) {
      add(fields, model, field);
    },
    fieldsRefused: (model) => fields.get(model) ?? nothing,
  };
}

function add(notes: Map<string, Set<string>>, model: string, note: string): void {
  const known = notes.get(model) ?? new Set();
  if (known.has(note) || known.size >= maxFields) return;
  if (!notes.has(model) && notes.size >= maxRemembered) notes.delete(notes.keys().next().value!);
  // A new set: holders of the old one see no change.
  notes.set(model, new Set([...known, note]));
}
