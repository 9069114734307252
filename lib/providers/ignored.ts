import type { CanonicalRequest } from '../canonical.ts';

/** Emulated by the server for every provider, so that no provider has to take them. */
const emulated: ReadonlySet<string> = new Set(['stop', 'choices', 'max_output_tokens', 'stream', 'model']);

/** Unknown keys that are named at most. */
const maxNamed = 16;

/** A name goes into a response header, so only what cannot hurt there is repeated. */
const nameable = /^[\w.-]{1,64}$/;

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
    if (param === 'extra') nameExtra(value as Record<string, unknown>, ignore);
    else ignore(param);
  }
}

function nameExtra(extra: Record<string, unknown>, ignore: (param: string) => void): void {
  const names = Object.keys(extra).filter((name) => nameable.test(name));
  for (const name of names.slice(0, maxNamed)) ignore(name);
}
