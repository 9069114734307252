import { OpenCompatError } from '../errors.ts';
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
 * their own names.
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
}
