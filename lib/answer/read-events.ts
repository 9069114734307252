/** Reads an upstream's answer as events: bytes → decoder → regulariser → transforms → sink, one flush per socket read. */
import type { DecoderOptions, UpstreamApi } from '../apis/api.ts';
import { errorFromFailedEvent } from '../apis/responses/failure.ts';
import type { Emit, EventTransform } from '../canonical/event-transform.ts';
import { RegularStream } from '../canonical/regular-stream.ts';
import type { CanonicalEvent, CanonicalResponse } from '../canonical/types.ts';
import type { UpstreamAnswer } from '../providers/provider.ts';
import { createAnswerBody } from './answer-body.ts';
import { type EarlyEnd, endBetweenItems } from './early-end.ts';
import type { EventLimits } from './sse.ts';
import { type ReaderOptions, UpstreamReader } from './upstream-reader.ts';

/** Where the canonical events of an answer go. */
export interface AnswerSink {
  accept(event: CanonicalEvent, choice: number): void;
  /** Hands what was accepted since the last flush to the client. false: wait for `drained` before more is read. */
  flush(): boolean;
  /** Resolves when the client has taken what was flushed. */
  drained(): Promise<void>;
}

export interface EventsOptions extends ReaderOptions, EventLimits {
  sink: AnswerSink;
  /** The API that the upstream speaks. */
  api: UpstreamApi;
  /** Its `model` is the provider's name for the model. */
  facts: Omit<DecoderOptions, 'onEvent' | 'onVendorEvent'>;
  transforms: readonly EventTransform[];
  onVendorEvent(event: { type: string }): void;
  /** The first event that shows the model at work. */
  onFirstEvent(): void;
  /** The sink has accepted the terminal event, whose response this is; called before what is pending is flushed. */
  onComplete(response: CanonicalResponse): void;
  /** Most bytes of an answer that comes whole, as JSON, instead of as a stream. */
  maxAnswerBytes: number;
  /** Of the texts of a stream, which its last events repeat, in characters. */
  maxStreamBytes: number;
  /** Absent: the answer ends when its upstream ends it. */
  earlyEnd?: EarlyEnd | undefined;
}

/**
 * Resolves when the choice is complete and the sink has accepted its terminal event. The rest of the upstream's stream is read
 * and discarded, so that the connection can be reused; if a transform cut the answer short, the upstream is aborted.
 * @throws OpenCompatError for a failure event, bytes that are not an answer of the API, and what `UpstreamReader.read` throws
 */
export async function readEvents(answer: UpstreamAnswer, choice: number, options: EventsOptions): Promise<void> {
  const { sink, transforms, api, facts, onVendorEvent, onComplete, earlyEnd } = options;
  const reader = new UpstreamReader(answer, options);
  const watch = new EventWatch(options);

  const transform = composeTransforms(transforms, choice, function toSink(event) {
    if (reader.isSettled) return;
    sink.accept(event, choice);
    if (!isTerminal(event)) return;
    onComplete(event.response);
    if (watch.isUpstreamComplete) reader.finish();
    else reader.cut();
  });

  const stream = new RegularStream({ id: facts.id, maxCharacters: options.maxStreamBytes }, transform);
  const isToEnd = () => earlyEnd?.signal.aborted && !watch.isUpstreamComplete && !reader.isSettled;
  const decoder = api.createDecoder({
    ...facts,
    onVendorEvent,
    onEvent(event) {
      if (reader.isSettled) return;
      watch.see(event);
      stream.take(event);
      if (isToEnd()) endBetweenItems(stream, earlyEnd!);
    },
  });
  /** Between two items nothing may come for long. */
  function onEarlyEnd(): void {
    try {
      if (isToEnd()) endBetweenItems(stream, earlyEnd!);
    } catch (error) {
      reader.fail(error);
    }
  }

  const body = createAnswerBody({ ...options, decoder, apiTitle: api.title });
  earlyEnd?.signal.addEventListener('abort', onEarlyEnd);
  try {
    await reader.read({
      take: body.take,
      flush() {
        body.flush();
        // What ends the answer is flushed with its end.
        return reader.isSettled || sink.flush();
      },
      drained: () => sink.drained(),
      end: body.end,
    });
  } catch (error) {
    // The client still gets what came before the failure.
    sink.flush();
    throw error;
  } finally {
    earlyEnd?.signal.removeEventListener('abort', onEarlyEnd);
  }
}

/** Looks at what the upstream itself says, before any transform. */
class EventWatch {
  readonly #options: Pick<EventsOptions, 'providerTitle' | 'onFirstEvent'>;
  #isFirst = true;
  /** Has the upstream ended its answer? */
  isUpstreamComplete = false;

  constructor(options: Pick<EventsOptions, 'providerTitle' | 'onFirstEvent'>) {
    this.#options = options;
  }

  /** @throws OpenCompatError for a failure event */
  see(event: CanonicalEvent): void {
    switch (event.type) {
      case 'response.failed':
      case 'error':
        throw errorFromFailedEvent(event, this.#options.providerTitle);
      case 'response.completed':
      case 'response.incomplete':
        this.isUpstreamComplete = true;
        break;
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        break;
      default:
        if (this.#isFirst) {
          this.#isFirst = false;
          this.#options.onFirstEvent();
        }
    }
  }
}

function isTerminal(
  event: CanonicalEvent,
): event is Extract<CanonicalEvent, { type: 'response.completed' | 'response.incomplete' }> {
  return event.type === 'response.completed' || event.type === 'response.incomplete';
}

/** Chains the transforms in order; without any, the last step itself. */
function composeTransforms(transforms: readonly EventTransform[], choice: number, last: Emit): Emit {
  return transforms.reduceRight<Emit>((next, transform) => (event) => transform(event, next, choice), last);
}
