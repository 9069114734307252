/** The shared part of all providers' sign-ins: reading a sign-in server's answers within limits, and their failures. */
import { asObject, asText, parseObject } from '../lenient-json.ts';
import { isLoopbackHostname } from '../origins.ts';
import { describeNetworkError } from '../outgoing/network-errors.ts';
import { publicText } from '../public-text.ts';
import { Secret } from '../secret.ts';

/** Longest wait for an answer of the sign-in server. */
const authTimeoutMs = 20_000;
/** Far above any token answer; an error page of a CDN may be longer, and is cut. */
const maxAnswerBytes = 256 * 1024;
export interface AuthAnswer {
  status: number;
  /** At most `maxAnswerBytes`. */
  body: string;
  retryAfterS?: number;
}

/** A failed sign-in. The message is for the person at the terminal. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
}

/** A failure of the network on the way to a sign-in, in words. */
export function toSignInError(error: unknown): SignInError {
  if (error instanceof SignInError) return error;
  const { name, message, cause } = error as Error;
  const isOfNetwork = cause instanceof Error || name === 'TimeoutError';
  const reason = isOfNetwork ? `the sign-in server cannot be reached: ${describeNetworkError(error)}` : message;
  return new SignInError(`The sign-in failed: ${reason}.`, { cause: error });
}

/** @throws SignInError for an address that would carry tokens in the clear (http other than loopback) */
export function checkSignInUrl(url: string, key: string): void {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && !isLoopbackHostname(hostname)) {
    throw new SignInError(`The sign-in address ${url} must be https (\`${key}\`).`);
  }
}

/** Is it a server failure, which says nothing about the request? */
export function isPassing({ status }: AuthAnswer): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** The signal, and the time that a sign-in server has to answer. */
export function withTimeout(signal?: AbortSignal): AbortSignal {
  const timeout = AbortSignal.timeout(authTimeoutMs);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

export async function readAnswer(response: Response): Promise<AuthAnswer> {
  const decoder = new TextDecoder();
  let body = '';
  let readBytes = 0;
  for await (const bytes of response.body ?? []) {
    readBytes += bytes.byteLength;
    body += decoder.decode(bytes, { stream: true });
    if (readBytes > maxAnswerBytes) break;
  }
  const retryAfterS = Number(response.headers.get('retry-after') ?? Number.NaN);
  return { status: response.status, body, retryAfterS: retryAfterS > 0 ? retryAfterS : undefined };
}

/** The code stands at `error.code`, in `error` itself, or at `code`. */
export function readRefusal(body: string): { code?: string; message?: string } {
  const json = parseObject(body);
  const error = asObject(json?.error);
  return {
    code: asText(error?.code) ?? asText(json?.error) ?? asText(json?.code),
    message: asText(error?.message) ?? asText(json?.error_description) ?? asText(json?.message) ?? asText(json?.detail),
  };
}

export function refusal(what: string, answer: AuthAnswer): SignInError {
  const { code, message } = readRefusal(answer.body);
  const said = publicText(message ?? code);
  return new SignInError(`${what} (HTTP ${answer.status})${said ? `: ${said}` : '.'}`);
}

export function toSecret(value: unknown): Secret | undefined {
  const text = asText(value);
  return text === undefined ? undefined : new Secret(text);
}
