/** Runs events through both Responses encoders. */
import type { AnswerContext, StreamEncoder } from '../../lib/apis/api.ts';
import { type ResponsesRequest, responses } from '../../lib/apis/responses/index.ts';
import type { CanonicalEvent } from '../../lib/canonical/types.ts';
import { toAnswerContext } from './answer-context.ts';
import { toRegularEvents } from './regular-events.ts';
import type { Json } from './response-stream-checker.ts';

function toContext({ model, stream }: ResponsesRequest, fields: Partial<AnswerContext>): AnswerContext {
  return toAnswerContext(model, { request: { model, input: [], stream: stream === true }, ...fields });
}

const plainBody: ResponsesRequest = { model: 'gpt-5.5', input: 'hi' };

export function openResponseStream(
  body: Partial<ResponsesRequest> = {},
  fields: Partial<AnswerContext> = {},
): StreamEncoder {
  const whole = { ...plainBody, ...body };
  return responses.createStreamEncoder(whole, toContext(whole, fields));
}

/** The wire text of the streamed answer. */
export function streamResponse(events: readonly CanonicalEvent[], body: Partial<ResponsesRequest> = {}): string {
  const encoder = openResponseStream(body);
  return (
    toRegularEvents(events)
      .map((event) => encoder.encode(event, 0))
      .join('') + encoder.finish()
  );
}

/** The answer that is not streamed, as a client parses it. */
export function answerResponse(events: readonly CanonicalEvent[], body: Partial<ResponsesRequest> = {}): Json {
  const whole = { ...plainBody, ...body };
  const encoder = responses.createAnswerEncoder(whole, toContext(whole, {}));
  for (const event of toRegularEvents(events)) encoder.add(event, 0);
  return JSON.parse(JSON.stringify(encoder.finish())) as Json;
}
