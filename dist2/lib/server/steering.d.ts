/**
 * Steering (`response.steer`, `response.inject`): input for an answer that is under way. The upstreams are asked over HTTP, where nothing can be
 * added to a request, so that it is refused in the form by which clients send the input in their next request instead.
 */
/** The refusals of frames that are for a running answer, by their type. */
export declare const refusals: Map<unknown, (frame: Record<string, unknown>) => string>;
