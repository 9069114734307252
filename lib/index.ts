/** What `import … from 'opencompat'` gives: the contract for plugin authors. */
export type { ClientApi, UpstreamApi } from './apis/api.ts';
export { chatUpstream } from './apis/chat-completions/decoder.ts';
export { type ChatBodyOptions, toChatBody } from './apis/chat-completions/upstream-request.ts';
export { messagesUpstream } from './apis/messages/decoder.ts';
export { type MessagesBodyOptions, toMessagesBody } from './apis/messages/upstream-request.ts';
export { responsesUpstream } from './apis/responses/decoder.ts';
export type { Quota, QuotaWindow } from './canonical/quota.ts';
export type {
  CanonicalEvent,
  CanonicalRequest,
  CanonicalResponse,
  CanonicalUsage,
  EmbeddingsResult,
} from './canonical/types.ts';
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
} from './chain/middleware.ts';
export type { Config } from './config/schema.ts';
export { type ErrorCode, OpenCompatError } from './errors.ts';
export type { FromSchema, JsonSchema } from './json-schema.ts';
export type { Logger } from './log.ts';
export type { Metrics } from './metrics.ts';
export {
  defineProvider,
  type ProviderDefinition,
  type ProviderPlugin,
  type ProviderServices,
} from './providers/definition.ts';
export { openAiCompatibleError } from './providers/openai-compatible/errors.ts';
export type {
  BuildContext,
  ModelInfo,
  Provider,
  Readiness,
  ResolvedModel,
  UpstreamAnswer,
  UpstreamRequest,
} from './providers/provider.ts';
export { Secret } from './secret.ts';
