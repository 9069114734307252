/** Turns the refusals of OpenAI-compatible servers, in their various forms, into errors for the client. Pure. */
import type { FailureFacts } from '../../apis/responses/failure.ts';
import { OpenCompatError } from '../../errors.ts';
import { asObject, asText, type Json, parseLeniently } from '../../lenient-json.ts';
import type { UpstreamAnswer } from '../provider.ts';
import { errorByStatus, errorByWords, readFaults, readRefusal } from '../refusal.ts';

/** OpenAI, vLLM, Ollama and llama.cpp, in this order, when a prompt is too long; few of them have a code for it. */
const contextFault =
  /maximum context length|context length exceeded|exceeds? the (?:available |maximum )?context|input length exceeds|context window/i;
/** The refusal concerns the content of the request rather than its sender. */
const contentFault = /moderat|flagged|content (?:policy|filter|management)/i;
const modelFault =
  /\bmodel\b.*(?:not found|does not exist|not exist|unknown|not available|is not loaded)|(?:no such|unknown|invalid) model/i;

/** Deepest place of a message, in objects around it. */
const maxDepth = 3;

/**
 * The forms of refusals: `{error: {…}}` (OpenAI), `{error: "…"}` (Ollama), `{object: "error", message, …}` (vLLM before
 * 2025; Mistral has FastAPI's form for the message), `{detail: …}` (FastAPI: a sentence, or a list of faults), `{message}`;
 * and `{error: {issues}}` (zod).
 */
function readFacts(body: Json, depth = 0): FailureFacts {
  if (depth > maxDepth) return {};
  const { error, detail, message, errors, issues } = body;
  const object = asObject(error) ?? asObject(detail);
  if (object) {
    // OpenRouter hides the message of the server behind it here.
    const told = asText(asObject(object.metadata)?.raw);
    const said = asText(object.message) ?? asText(readFacts({ ...object, error: undefined }, depth + 1).message);
    return { ...object, message: [said, told].filter(Boolean).join(': ') };
  }
  for (const list of [detail, errors, issues, error]) {
    if (Array.isArray(list)) return readFaults(list);
  }
  const nested = asObject(message);
  if (nested) return { ...body, ...readFacts(nested, depth + 1) };
  return { ...body, message: asText(error) ?? asText(detail) ?? asText(message) };
}

/** Gemini puts its error into a list. */
function parseRefusal(body: string): Json | undefined {
  const parsed = parseLeniently(body);
  return asObject(Array.isArray(parsed) ? parsed[0] : parsed);
}

/**
 * A non-2xx answer as an error for the client. Never throws, and shows nothing of a body but a cleaned message: no HTML and
 * no keys. A refused upstream key gets a message of our own, so that it cannot be mistaken for the client's key.
 * @param title the provider's, for messages
 * @param body at most 64 KiB of the answer, as text
 */
export function openAiCompatibleError(
  title: string,
  status: number,
  headers: UpstreamAnswer['headers'],
  body: string,
  nowMs: number = Date.now(),
): OpenCompatError {
  const parsed = parseRefusal(body);
  const facts = parsed ? readFacts(parsed) : /^\s*</.test(body) ? {} : { message: body };
  const refusal = readRefusal(title, { status, headers }, facts, nowMs);
  const { message, reason, param, publicCode } = refusal;

  if (status >= 300 && status < 400) {
    const told = `${title} redirects to another address: its base URL does not lead to its API.`;
    return new OpenCompatError('OC_UPSTREAM_ERROR', { reason: told });
  }
  if (status === 401 || (status === 403 && parsed && !contentFault.test(message))) {
    return new OpenCompatError('OC_UPSTREAM_KEY_REFUSED', { provider: title, status });
  }
  if (status === 403) {
    return parsed ? errorByStatus(refusal) : new OpenCompatError('OC_UPSTREAM_BLOCKED', { provider: title, status });
  }
  if (status === 402) return new OpenCompatError('OC_INSUFFICIENT_QUOTA', { reason });

  // llama.cpp says 501 of what a request asks for.
  const isRequestFault = (status >= 400 && status < 500 && status !== 408 && status !== 429) || status === 501;
  const clientStatus = status === 501 ? 400 : status;
  if (isRequestFault && contextFault.test(message))
    return new OpenCompatError('OC_CONTEXT_LENGTH', { reason }, { param });
  if (
    isRequestFault &&
    (publicCode === 'model_not_found' || ([400, 404].includes(status) && modelFault.test(message)))
  ) {
    return new OpenCompatError('OC_UPSTREAM_MODEL_NOT_FOUND', { provider: title, reason }, { param: 'model' });
  }
  const told = errorByWords(refusal);
  // A message about limits counts under any status; one that blames the request, only if the status does too.
  if (told && told.code !== 'OC_SIGN_IN_AGAIN' && (told.status >= 429 || isRequestFault)) {
    return told.status >= 429 || status === 404 ? told : withStatus(told, clientStatus);
  }

  if (status === 404 || status === 405) {
    const words = `${title} has nothing at this address (HTTP ${status}): ${reason}`;
    return new OpenCompatError('OC_UPSTREAM_ERROR', { reason: words });
  }
  if (isRequestFault)
    return new OpenCompatError('OC_UPSTREAM_BAD_REQUEST', { reason }, { status: clientStatus, param, publicCode });
  return errorByStatus(refusal);
}

/** The upstream's own status is the more exact one. */
function withStatus(error: OpenCompatError, status: number): OpenCompatError {
  const { message, param, code } = error.public;
  if (error.code !== 'OC_UPSTREAM_BAD_REQUEST') return error;
  return new OpenCompatError(
    error.code,
    { reason: message },
    { status, ...(param && { param }), ...(code && { publicCode: code }) },
  );
}
