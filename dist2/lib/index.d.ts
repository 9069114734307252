/** What `import … from 'opencompat'` gives: the contract for plugin authors. */
import type { Services } from './chain/middleware.ts';
import type { Config } from './config/schema.ts';
import type { JsonSchema } from './json-schema.ts';
import { type ProviderDefinition as DefinitionOf, type ProviderPlugin as PluginOf, type ProviderServices as ServicesOf } from './providers/definition.ts';
export type { AnswerSource, GivenAnswer, GivenOutput } from './answer/given-answer.ts';
export type { AnswerTextKind, ChangeText, TextPattern, TextPlace } from './answer/transforms/text-transform.ts';
export type { ClientApi, UpstreamApi } from './apis/api.ts';
export { chatUpstream } from './apis/chat-completions/decoder.ts';
export { type ChatBodyOptions, toChatBody } from './apis/chat-completions/upstream-request.ts';
export { messagesUpstream } from './apis/messages/decoder.ts';
export { type MessagesBodyOptions, toMessagesBody } from './apis/messages/upstream-request.ts';
export { responsesUpstream } from './apis/responses/decoder.ts';
export type { Quota, QuotaWindow } from './canonical/quota.ts';
export type { MapText, RequestText, TextKind } from './canonical/request-texts.ts';
export type { CanonicalEvent, CanonicalRequest, CanonicalResponse, CanonicalUsage, EmbeddingsResult, } from './canonical/types.ts';
export type { ExchangeEnd, Outcome } from './chain/hooks.ts';
export { defineMiddleware, type Emit, type EventTransform, type Exchange, type Handler, type Middleware, type MiddlewareDefinition, type Services, type Timings, } from './chain/middleware.ts';
export type { PluginRoute, RouteGuard } from './chain/plugin-routes.ts';
export type { Config } from './config/schema.ts';
export { type ErrorCode, OpenCompatError } from './errors.ts';
export type { FromSchema, JsonSchema } from './json-schema.ts';
export type { Logger } from './log.ts';
export type { Labels, Metrics } from './metrics.ts';
export { createError, type PluginErrorFacts } from './plugin-error.ts';
export { openAiCompatibleError } from './providers/openai-compatible/errors.ts';
export type { BuildContext, ModelInfo, ProvidedModel, ProvidedProvider, Provider, ProviderAnswer, Readiness, ResolvedModel, UpstreamAnswer, UpstreamRequest, } from './providers/provider.ts';
export type { Scheduler } from './scheduler.ts';
export { Secret } from './secret.ts';
export type { PluginState } from './storage/plugin-state.ts';
export type { UsageReader } from './usage/usage-reader.ts';
export type ProviderServices = ServicesOf<Config> & Pick<Services, 'availability' | 'quotas' | 'usage'>;
export type ProviderDefinition<S extends JsonSchema = JsonSchema> = DefinitionOf<S, Config>;
export type ProviderPlugin<S extends JsonSchema = JsonSchema> = PluginOf<S, Config>;
/**
 * Declares a provider: the definition itself, with the types of its options.
 * @example
 * export default defineProvider({
 *   options: { type: 'object', properties: { times: { type: 'integer', default: 1 } } },
 *   create: ({ times }, { name, log }) => createParrot(name, times, log),
 * });
 */
export declare const defineProvider: <const S extends JsonSchema>(definition: ProviderDefinition<S>) => ProviderPlugin<S>;
