/**
 * Steering (`response.steer`, `response.inject`): input for an answer that is under way. The upstreams are asked over HTTP, where nothing can be
 * added to a request, so that it is refused in the form by which clients send the input in their next request instead.
 */

/** The event that returns the input of a `response.steer`. */
function refuseSteer({ previous_response_id, input }: Record<string, unknown>): string {
  return JSON.stringify({
    type: 'response.steer.failed',
    error: {
      type: 'invalid_request_error',
      code: 'steering_not_supported',
      message: 'Answers cannot be steered here: send the input in the next `response.create`.',
    },
    steer: { input: input ?? [], previous_response_id: previous_response_id ?? '' },
    sequence_number: 0,
  });
}

/**
 * The event that returns the items of a `response.inject` (types of the openai package 7.59, beta): they are for an agent that
 * waits within an answer, and no answer here has one.
 */
function refuseInject({ response_id, input }: Record<string, unknown>): string {
  return JSON.stringify({
    type: 'response.inject.failed',
    error: {
      code: 'response_not_found',
      message: 'No answer here takes further items: send them in the next `response.create`.',
    },
    response_id: response_id ?? '',
    input: input ?? [],
    sequence_number: 0,
  });
}

/** The refusals of frames that are for a running answer, by their type. */
export const refusals = new Map<unknown, (frame: Record<string, unknown>) => string>([
  ['response.steer', refuseSteer],
  ['response.inject', refuseInject],
]);
