import type { CanonicalRequest } from '../canonical.ts';

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

/** Names what a request asks for and a provider neither takes nor has emulated for it. */
export function ignoreOthers(
  request: CanonicalRequest,
  taken: ReadonlySet<string>,
  ignore: (param: string) => void,
): void {
  for (const [param, value] of Object.entries(request)) {
    if (value === undefined || value === null || taken.has(param) || emulated.has(param)) continue;
    // That nothing is stored is what happens anyway.
    if (param === 'store' && value === false) continue;
    ignore(param);
  }
}
