/** What this server does itself where an upstream lacks it. */
import { countChoices } from '../canonical/choices.ts';
import type { EventTransform } from '../canonical/event-transform.ts';
import type { CanonicalRequest } from '../canonical/types.ts';
import type { UpstreamRequest } from '../providers/provider.ts';
import { createStopTransform } from './transforms/stop-sequences.ts';
import { createTokenLimitTransform } from './transforms/token-limit.ts';

type Honoured = NonNullable<UpstreamRequest['honours']>[number];

/** Each gives undefined where the request does not ask for it. */
const emulations: Record<Honoured, (request: CanonicalRequest) => EventTransform | undefined> = {
  stop: (request) => (request.stop?.length ? createStopTransform(request.stop, request) : undefined),
  max_output_tokens: (request) =>
    request.max_output_tokens ? createTokenLimitTransform(request.max_output_tokens, request) : undefined,
};

/** @returns by the names of the parameters, in the order in which the events take them */
export function createEmulations(
  request: CanonicalRequest,
  { honours = [] }: Pick<UpstreamRequest, 'honours'>,
): { readonly param: Honoured; readonly transform: EventTransform }[] {
  return (Object.keys(emulations) as Honoured[])
    .filter((param) => !honours.includes(param))
    .map((param) => ({ param, transform: emulations[param](request) }))
    .filter((made): made is { param: Honoured; transform: EventTransform } => made.transform !== undefined);
}

/** The upstream is asked once for each choice, unless the body is passed on as it is. */
export function countRequests(request: CanonicalRequest, { isPassThrough }: UpstreamRequest): number {
  return isPassThrough ? 1 : countChoices(request);
}

/** The names of what is emulated, for people. */
export function listEmulated(request: CanonicalRequest, upstream: UpstreamRequest): string[] {
  if (upstream.isPassThrough || request.embeddings) return [];
  return [
    ...createEmulations(request, upstream).map(({ param }) => param),
    ...((request.choices ?? 1) > 1 ? ['n'] : []),
  ];
}
