/** Errors with which plugins answer, under codes of their own. */
import { type ErrorOptions, OpenCompatError } from './errors.ts';
export interface PluginErrorFacts extends Pick<ErrorOptions, 'param' | 'retryAfterS' | 'headers' | 'cause' | 'extra'> {
    /** For programs, in the answer: `not_allowed`. */
    code: string;
    /** For people, in the answer. Never a secret. */
    message: string;
    /** HTTP status, 400 to 599. Default 400. */
    status?: number;
    /** OpenAI's `type`. Default: by the status. */
    type?: string;
}
/**
 * An error that the client gets in its own API's shape. In the log it is OC_PLUGIN_ERROR, with the message.
 * @example throw createError({ code: 'no_pictures', message: 'This key may not send pictures.', status: 403 });
 */
export declare function createError({ code, message, status, ...rest }: PluginErrorFacts): OpenCompatError;
