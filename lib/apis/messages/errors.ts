/** Errors as Anthropic's clients know them: the type goes by the status. */

import { estimateInputTokens } from '../../canonical/tokens.ts';
import type { PublicError } from '../../errors.ts';
import type { ErrorFacts } from '../api.ts';

/** (Anthropic's documentation of errors.) */
const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** Anthropic's status when it is overloaded; its SDKs have an error class for it. */
const overloadedStatus = 529;

export function toRequestId(id: string): string {
  return `req_${id}`;
}

export function toErrorStatus({ status }: PublicError): number {
  return status === 503 ? overloadedStatus : status;
}

export function toErrorBody(error: PublicError, id: string, facts?: ErrorFacts): object {
  const type = types[error.status] ?? (error.status < 500 ? 'invalid_request_error' : 'api_error');
  return {
    type: 'error',
    error: { type, message: toMessage(error, facts), ...toDetails(error), ...error.extra },
    request_id: toRequestId(id),
  };
}

/** What SDKs look at to tell cases of one type apart: the cases that are Anthropic's too. */
function toDetails({ code }: PublicError): { details?: { error_code: string } } {
  if (code?.startsWith('thread_')) return { details: { error_code: code } };
  return code === 'unsupported_media_type' ? { details: { error_code: 'request_body_encoding_unsupported' } } : {};
}

function toMessage({ code, message, param }: PublicError, facts: ErrorFacts | undefined): string {
  if (code === 'missing_required_parameter' && param) return `${toPath(param)}: Field required`;
  if (code === 'context_length_exceeded') return toTooLong(message, facts);
  return message;
}

/** `messages[0].content` as Anthropic writes it: `messages.0.content`. */
function toPath(param: string): string {
  return param.replaceAll(/\[(\d+)\]/g, '.$1');
}

/** Most characters of an upstream's message that are searched. */
const maxReadCharacters = 1000;

/** Claude Code recognises by these words that it has to compact the conversation, and by the numbers how far. */
function toTooLong(message: string, facts: ErrorFacts | undefined): string {
  if (/prompt is too long/i.test(message)) return message;
  const counts = readCounts(message) ?? (facts && estimateCounts(facts));
  return `prompt is too long: ${counts ? `${counts.tokens} tokens > ${counts.maximum} maximum` : message}`;
}

interface Counts {
  tokens: number;
  maximum: number;
}

/** The counts in a server's sentence: "maximum context length is 8192 tokens. However, you requested 9000 tokens". */
function readCounts(message: string): Counts | undefined {
  const told = message.slice(0, maxReadCharacters).replaceAll(/(\d),(?=\d{3}\b)/g, '$1');
  const counts = [...told.matchAll(/(\d{3,}) tokens/g)].map(([, count]) => Number(count));
  const [tokens, maximum] = [Math.max(...counts), Math.min(...counts)];
  return tokens > maximum ? { tokens, maximum } : undefined;
}

/** Undefined where the estimate would contradict the error. */
function estimateCounts({ request, contextWindow }: ErrorFacts): Counts | undefined {
  if (!contextWindow) return undefined;
  const tokens = estimateInputTokens(request);
  return tokens > contextWindow ? { tokens, maximum: contextWindow } : undefined;
}
