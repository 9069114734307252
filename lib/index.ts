/** What `import … from 'opencompat'` gives: the contract for plugin authors. */
export type { ClientApi } from './apis/api.ts';
export type { CanonicalEvent, CanonicalRequest, CanonicalResponse, CanonicalUsage } from './canonical.ts';
export type { Config } from './config-schema.ts';
export { type ErrorCode, OpenCompatError } from './errors.ts';
export type { FromSchema, JsonSchema } from './json-schema.ts';
export type { Logger } from './log.ts';
export type { Metrics } from './metrics.ts';
export {
  defineMiddleware,
  type Emit,
  type EventTransform,
  type Exchange,
  type Handler,
  type Middleware,
  type MiddlewareDefinition,
  type Services,
  type Timings,
} from './middleware.ts';
export type { ModelInfo, Provider, ResolvedModel, UpstreamAnswer, UpstreamRequest } from './providers/provider.ts';
export type { Quota, QuotaWindow } from './quota.ts';
export { Secret } from './secret.ts';
