/** What the backend has said about its models that their list does not tell; forgotten with the process. */
import type { CopilotPath } from './backend.ts';

export interface CopilotMemory {
  /** From now on the model is not asked there. @returns false when that was known */
  refusePath(model: string, path: CopilotPath): boolean;
  isRefused(model: string, path: CopilotPath): boolean;
  /** From now on the field is left out for the model. */
  refuseField(model: string, field: string): void;
  fieldsRefused(model: string): ReadonlySet<string>;
}

/** Models of which something is remembered: more than any seat has. The oldest is forgotten. */
const maxRemembered = 500;
/** Fields of one model; more of them are not in use. */
const maxFields = 64;
const nothing: ReadonlySet<string> = new Set();

export function createCopilotMemory(): CopilotMemory {
  const paths = new Map<string, Set<string>>();
  const fields = new Map<string, Set<string>>();

  return {
    refusePath: (model, path) => add(paths, model, path),
    isRefused: (model, path) => paths.get(model)?.has(path) ?? false,
    refuseField(model, field) {
      add(fields, model, field);
    },
    fieldsRefused: (model) => fields.get(model) ?? nothing,
  };
}

function add(notes: Map<string, Set<string>>, model: string, note: string): boolean {
  const known = notes.get(model) ?? new Set();
  if (known.has(note) || known.size >= maxFields) return false;
  if (!notes.has(model) && notes.size >= maxRemembered) notes.delete(notes.keys().next().value!);
  // A new set: who holds the old one is not surprised.
  notes.set(model, new Set([...known, note]));
  return true;
}
