/** The boxes of the chain, in order: the names of the files in `middleware/`. Configuration changes it; this is where it starts. */
export const defaultChain = [
  'request-id',
  'access-log',
  'security-headers',
  'host-guard',
  'cors',
  'client-auth',
  'rate-limit',
  'parse-body',
  'validate',
  'restore-conversation',
  'resolve-model',
  'rewrite-request',
  'inject-auth',
  'rewrite-response',
  'proxy',
] as const;

export type BoxName = (typeof defaultChain)[number];

/**
 * Where a plugin goes that does not say: the last point at which all is known of the request and nothing is built of it.
 */
export const defaultPlace: BoxName = 'rewrite-request';
