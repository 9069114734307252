/** The one error type, made of a row of the table (error-table.ts) and the details of the case. */
import { type ErrorCode, type ErrorRow, errorTable } from './error-table.ts';
import { isA } from './thrown.ts';

export type { ErrorCode } from './error-table.ts';

export interface ErrorOptions {
  /** The request field at fault, as OpenAI writes it: `messages[1].content[0].type`. */
  param?: string;
  /** Overrides the row's public code with one the upstream gave (a string of the field's own list). */
  publicCode?: string;
  /** Overrides the row's type. */
  type?: string;
  /** Overrides the row's HTTP status with the upstream's, when it is more exact. */
  status?: number;
  /** Seconds until it makes sense to try again; sent as `retry-after`. */
  retryAfterS?: number;
  /** Further public keys of the error object, such as `resets_at`. Never a secret. */
  extra?: Record<string, unknown>;
  /** Further response headers, such as `allow`. */
  headers?: Record<string, string>;
  cause?: unknown;
}

/** What a client may see of an error; each client API's folder gives it its own shape. */
export interface PublicError {
  status: number;
  message: string;
  type: string;
  param: string | null;
  code: string | null;
  /** The details of the message, for an API with its own wording for a case. */
  details?: Readonly<Record<string, string | number>>;
  extra?: Record<string, unknown>;
}

/** The command that signs in, where the details have no `login`. */
const usualLogin = 'opencompat login';

/** The one error type. `details` fill the row's message; they are public, so never put a secret there. */
export class OpenCompatError extends Error {
  override readonly name = 'OpenCompatError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly public: PublicError;
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds until it makes sense to try again, where known. */
  readonly retryAfterS: number | undefined;
  readonly #details: Record<string, string | number>;
  readonly #options: ErrorOptions;

  constructor(code: ErrorCode, details: Record<string, string | number> = {}, options: ErrorOptions = {}) {
    const row: ErrorRow = errorTable[code];
    const fill: Record<string, string | number> = { param: options.param ?? '', login: usualLogin, ...details };
    const message = [row.message, row.next ?? '']
      .map((text) => text.replace(/\{(\w+)\}/g, (_, key: string) => String(fill[key] ?? '')).trim())
      .filter((text) => text !== '')
      .join(' ');
    super(message, { cause: options.cause });
    this.code = code;
    this.status = options.status ?? row.status;
    this.retryAfterS = options.retryAfterS;
    this.public = {
      status: this.status,
      message,
      type: options.type ?? row.type,
      param: options.param ?? null,
      code: options.publicCode ?? row.code,
      details,
      ...(options.extra && { extra: options.extra }),
    };
    const headers: Record<string, string> = { ...options.headers };
    if (options.retryAfterS !== undefined) headers['retry-after'] = String(Math.max(0, Math.ceil(options.retryAfterS)));
    if (row.retry === false) headers['x-should-retry'] = 'false';
    this.headers = headers;
    this.#details = details;
    this.#options = options;
  }

  /** The same error with another time to wait. */
  withRetryAfter(retryAfterS: number): OpenCompatError {
    return new OpenCompatError(this.code, this.#details, { ...this.#options, retryAfterS });
  }

  /** The same error with further public keys. */
  withExtra(extra: ErrorOptions['extra']): OpenCompatError {
    return new OpenCompatError(this.code, this.#details, { ...this.#options, extra });
  }

  /** May another provider answer instead? */
  get isForOthers(): boolean {
    return (errorTable[this.code] as ErrorRow).elsewhere === true;
  }
}

/** Any thrown value as the one error type: other values become an internal error, whose text clients never see. */
export function toOpenCompatError(thrown: unknown): OpenCompatError {
  return isA(thrown, OpenCompatError) ? thrown : new OpenCompatError('OC_INTERNAL', {}, { cause: thrown });
}
