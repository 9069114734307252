import type { FailureFacts } from '../../apis/responses/failure.ts';
import { OpenCompatError } from '../../errors.ts';
import { asObject, type Json, parseObject } from '../../lenient-json.ts';
import type { UpstreamAnswer } from '../provider.ts';
import { errorByStatus, errorByWords, readFaults, readRefusal } from '../refusal.ts';

const provider = 'ChatGPT';

/** What the backend says when it wants Codex's own text as `instructions` (2025; it may come back). */
const instructionsRefusal = /^Instructions are (?:not valid|required)/i;

export function isInstructionsRefusal({ code, public: { message } }: OpenCompatError): boolean {
  return code === 'OC_UPSTREAM_BAD_REQUEST' && instructionsRefusal.test(message);
}

/**
 * The three forms of the backend's refusals: its gateway's `detail` (a sentence, a list of validation faults, or a code)
 * and the model side's `error` object.
 */
function readFacts(body: Json): FailureFacts {
  const { detail, error } = body;
  if (typeof detail === 'string') return { message: detail };
  if (Array.isArray(detail)) return readFaults(detail);
  return asObject(detail) ?? asObject(error) ?? { message: error ?? body.message, code: body.code };
}

/** A sentence of the gateway that says more than its status. */
function fromSentence(message: string): OpenCompatError | undefined {
  const unsupported = /^Unsupported (parameter|service_tier): '?([\w.[\]-]{1,100})/.exec(message);
  if (unsupported) {
    const [, kind, name] = unsupported;
    return kind === 'parameter'
      ? new OpenCompatError(
          'OC_UPSTREAM_BAD_REQUEST',
          { reason: message },
          { param: name, publicCode: 'unsupported_parameter' },
        )
      : new OpenCompatError(
          'OC_UPSTREAM_BAD_REQUEST',
          { reason: message },
          { param: 'service_tier', publicCode: 'unsupported_value' },
        );
  }
  const model = /^The '([^']{1,100})' model is not supported/.exec(message)?.[1];
  if (model) {
    const near = ' ChatGPT does not offer it to this account.';
    return new OpenCompatError('OC_MODEL_NOT_FOUND', { model, near }, { param: 'model' });
  }
  return undefined;
}

/**
 * A non-2xx answer of the ChatGPT backend as an error for the client. Never throws, and shows nothing of a body but a
 * cleaned message: no HTML, tokens, account ids or addresses.
 * @param body at most 64 KiB of the answer, as text
 */
export function chatGptError(
  status: number,
  headers: UpstreamAnswer['headers'],
  body: string,
  nowMs: number = Date.now(),
): OpenCompatError {
  const parsed = parseObject(body);
  const isChallenge = headers['cf-mitigated'] !== undefined;
  // Without JSON it was not the API that answered: a CDN's page or, for a blocked path, a 404 without a body.
  if (isChallenge || (!parsed && [403, 404].includes(status)) || (status >= 300 && status < 400)) {
    return new OpenCompatError('OC_UPSTREAM_BLOCKED', { provider, status });
  }

  const refusal = readRefusal(provider, { status, headers }, readFacts(parsed ?? {}), nowMs);
  const { message, reason, param, publicCode } = refusal;
  if (status === 401) return new OpenCompatError('OC_SIGN_IN_AGAIN', { provider });
  if (status === 402) return new OpenCompatError('OC_INSUFFICIENT_QUOTA', { reason });

  const told = fromSentence(message) ?? errorByWords(refusal);
  // A message about limits counts under any status; one that blames the request, only if the status does too.
  if (told && (told.status === 403 || told.status >= 429 || [400, 404, 422].includes(status))) return told;

  if (status === 404) {
    // The client is not at fault: the base URL leads elsewhere.
    return new OpenCompatError('OC_UPSTREAM_ERROR', { reason: `${provider} answered with HTTP 404: ${reason}` });
  }
  if (parsed && status >= 400 && status < 500 && ![403, 408, 413, 429].includes(status)) {
    return new OpenCompatError('OC_UPSTREAM_BAD_REQUEST', { reason }, { param, publicCode });
  }
  return errorByStatus(refusal);
}
