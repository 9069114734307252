import type { Response } from 'express';
import type { ForwardedBody, Forwarder } from '../answer/forwarded-request.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import { type Json } from '../lenient-json.ts';
import type { Provider, ResolvedModel } from '../providers/provider.ts';
import type { Exchange } from './middleware.ts';
export interface ForwardingServices {
    readonly config: Config;
    readonly providers: readonly Provider[];
    readonly forwarder: Forwarder;
}
/**
 * Finds who takes requests to a path for the model that the client named, and holds the client to its limits.
 * @throws OpenCompatError OC_NOT_SERVED where the model's provider takes no such requests
 */
export declare function chooseForward(exchange: Exchange, name: string, path: string, { config, providers }: ForwardingServices): Promise<ResolvedModel>;
/** Gives a request that names no model to a provider, and holds the client to its limits. */
export declare function chargeForward(exchange: Exchange, provider: Provider): Promise<void>;
/** A request of one of OpenAI's paths, to be passed on. */
export interface ForwardedRequest {
    readonly method: 'GET' | 'POST' | 'DELETE';
    /** Behind the base URL: `/audio/speech`. */
    readonly path: string;
    readonly query?: URLSearchParams;
    /** Of the body. */
    readonly contentType?: string;
    readonly body?: ForwardedBody;
    /** The error for a 404, where that tells of the thing that the path names. Absent: it is the provider's to say. */
    readonly notFound?: () => OpenCompatError;
}
/** Sends the request to the exchange's provider, and its answer to the client as it comes. */
export declare function forwardExchange(exchange: Exchange, res: Response, request: ForwardedRequest, services: ForwardingServices): Promise<void>;
/**
 * As `forwardExchange`, for an answer that has to be read.
 * @throws OpenCompatError OC_UPSTREAM_INVALID for one that is no JSON object
 */
export declare function fetchForward(exchange: Exchange, request: ForwardedRequest, services: ForwardingServices): Promise<Json>;
