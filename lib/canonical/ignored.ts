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

/** Would change the answer's meaning if they were dropped: state that the upstream does not keep, or a job of another kind. */
const keptState = ['previous_response_id', 'conversation', 'prompt', 'background'] as const;

/**
 * @param title who is asked, at the beginning of a sentence
 * @throws OpenCompatError OC_UNSUPPORTED_PARAMETER for a request that rests on what an upstream would have to have kept
 */
export function refuseKeptState(request: CanonicalRequest, title: string): void {
  const param = keptState.find((name) => request[name]);
  if (!param) return;
  const reason = `${title} keeps no conversations: send the whole of it.`;
  throw new OpenCompatError('OC_UNSUPPORTED_PARAMETER', { reason }, { param });
}

/** Names in `extra` that are told to the client at most: they go into one header. */
const maxNamedExtra = 16;

/**
 * Names what a request asks for and a provider neither takes nor has emulated for it; what is in `extra`, by its own names.
 */
export function ignoreOthers(
  request: Partial<CanonicalRequest>,
  taken: ReadonlySet<string>,
  ignore: (param: string) => void,
): void {
  for (const [param, value] of Object.entries(request)) {
    if (value === undefined || value === null || taken.has(param) || emulated.has(param)) continue;
    // That nothing is stored is what happens anyway.
    if (param === 'store' && value === false) continue;
    if (param !== 'extra') ignore(param);
    else for (const name of Object.keys(value as object).slice(0, maxNamedExtra)) ignore(name);
  }
}
