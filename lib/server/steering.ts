/**
 * Steering (`response.steer`): input for an answer that is under way. The upstreams are asked over HTTP, where nothing can be
 * added to a request, so that it is refused in the form by which clients send the input in their next request instead.
 */

/** The event that returns the input of a `response.steer`. */
export function refuseSteer({ previous_response_id, input }: Record<string, unknown>): string {
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
