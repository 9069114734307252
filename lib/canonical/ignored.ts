import { OpenCompatError } from '../errors.ts';
import { asObject } from '../lenient-json.ts';
import { listTools } from './async-calls.ts';
import type { CanonicalRequest } from './types.ts';

/** Emulated by the server for every provider, so that no provider has to take them. */
const emulated: ReadonlySet<string> = new Set([
  'stop',
  'choices',
  'max_output_tokens',
  'generate',
  'draws',
  'stream',
  'model',
]);

/**
 * Dropping these would change the answer's meaning: they name state that the upstream does not keep, or a job of another kind.
 */
const keptState = ['previous_response_id', 'conversation', 'prompt', 'background'] as const;

/**
 * @param title the provider's name, at the beginning of a sentence
 * @throws OpenCompatError OC_UNSUPPORTED_PARAMETER for a request that needs state which the upstream does not keep
 */
export function refuseKeptState(request: CanonicalRequest, title: string): void {
  const param = keptState.find((name) => request[name]);
  if (!param) return;
  const reason = `${title} keeps no conversations: send the whole of it.`;
  throw new OpenCompatError('OC_UNSUPPORTED_PARAMETER', { reason }, { param });
}

/** Most names of `extra` that the client is told: they go into one header. */
const maxNamedExtra = 16;

/**
 * Names each parameter of the request that the provider does not accept and this server does not emulate; fields of `extra` by
 * their own names, marks of tools, items and reasoning as `tools.async`.
 */
export function ignoreOthers(
  request: Partial<CanonicalRequest>,
  taken: ReadonlySet<string>,
  ignore: (param: string) => void,
): void {
  for (const [param, value] of Object.entries(request)) {
    if (value === undefined || value === null || taken.has(param) || emulated.has(param)) continue;
    // `store: false` is honoured anyway: no upstream stores anything.
    if (param === 'store' && value === false) continue;
    if (param !== 'extra') ignore(param);
    else for (const name of Object.keys(value as object).slice(0, maxNamedExtra)) ignore(name);
  }
  nameMarks(listTools(request.tools), 'tools', toolMarks, taken, ignore);
  nameMarks(request.input ?? [], 'input', itemMarks, taken, ignore);
  nameMarks([request.reasoning], 'reasoning', reasoningMarks, taken, ignore);
}

/** Wishes inside of tools, items and reasoning (types of the openai package 7.59) that most upstreams have no place for. */
const toolMarks = ['allowed_callers', 'async', 'defer_loading', 'output_schema'] as const;
const itemMarks = ['async', 'caller'] as const;
const reasoningMarks = ['context', 'mode'] as const;
/** Values that ask for what happens anyway: calls by the model itself, the usual reasoning. */
const usualValues: ReadonlySet<unknown> = new Set([undefined, null, false, 'direct', 'standard', 'auto']);

function nameMarks(
  holders: readonly unknown[],
  place: string,
  marks: readonly string[],
  taken: ReadonlySet<string>,
  ignore: (param: string) => void,
): void {
  for (const mark of marks) {
    const name = `${place}.${mark}`;
    if (!taken.has(name) && holders.some((holder) => !isUsual(asObject(holder)?.[mark]))) ignore(name);
  }
}

function isUsual(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isUsual);
  return usualValues.has(asObject(value)?.type ?? value);
}
