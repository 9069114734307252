import { OpenCompatError } from '../errors.ts';
/**
 * A kept-alive connection turned out to be closed while the request was being written to it: the upstream has not
 * processed the request, and it is safe to send it again (RFC 9112 §9.3.1,
 * https://www.rfc-editor.org/rfc/rfc9112#section-9.3.1). Or not a byte of an answer came on it in time, as when the machine
 * has slept or changed its network: the request is let go there before it is sent again.
 */
export declare class StaleConnectionError extends OpenCompatError {
    constructor(provider: string, reason: string, cause: unknown);
}
