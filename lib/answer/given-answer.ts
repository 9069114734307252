/** Answers that a plugin gives instead of an upstream. They take the way of every answer, to any client API. */
import { Readable } from 'node:stream';
import type { CanonicalOutputItem, CanonicalUsage, EmbeddingsResult } from '../canonical/types.ts';
import { usageOf } from '../canonical/usage.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../providers/provider.ts';

/** The parts of an answer, as the Responses API has them. */
export interface GivenOutput {
  readonly output: readonly CanonicalOutputItem[];
  /** Default: no tokens. */
  readonly usage?: CanonicalUsage;
}

/** A text, a text as it comes, the parts of an answer, or vectors. */
export type GivenAnswer = string | AsyncIterable<string> | GivenOutput | EmbeddingsResult;

/** The answer, or what gives one for each choice. */
export type AnswerSource = GivenAnswer | ((choice: number) => GivenAnswer);

const url = new URL('opencompat:/given');
const nothingUsed = usageOf(0, 0);

/** The request that stands for a given answer. Nothing of the answer is emulated: it goes to the client as it was given. */
export function toGivenRequest(): UpstreamRequest {
  return {
    method: 'POST',
    url,
    headers: {},
    body: '',
    honours: ['stop', 'max_output_tokens'],
    readEmbeddings: (body) => body as unknown as EmbeddingsResult,
  };
}

export function answerGiven(source: AnswerSource, choice: number, signal: AbortSignal): UpstreamAnswer {
  const given = typeof source === 'function' ? source(choice) : source;
  const parts = isVectors(given) ? [JSON.stringify({ inputTokens: 0, ...given })] : toEvents(given);
  const stream = Readable.from(toBytes(parts), { objectMode: false, signal });
  // An abort before anyone reads is no fault of the process.
  stream.on('error', () => {});
  return Object.assign(stream, { statusCode: 200, headers: {} }) as unknown as UpstreamAnswer;
}

function isVectors(given: GivenAnswer): given is EmbeddingsResult {
  return typeof given === 'object' && 'vectors' in given;
}

async function* toBytes(parts: Iterable<string> | AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const part of parts) yield Buffer.from(part);
}

async function* toEvents(given: Exclude<GivenAnswer, EmbeddingsResult>): AsyncGenerator<string> {
  const isText = typeof given === 'string' || Symbol.asyncIterator in given;
  let sequence_number = 0;
  const write = (type: string, fields: object) =>
    `data: ${JSON.stringify({ type, ...fields, sequence_number: sequence_number++ })}\n\n`;
  const { usage = nothingUsed, output = [] } = isText ? {} : given;
  yield write('response.created', { response: { status: 'in_progress', output: [] } });
  if (isText) {
    const at = { item_id: 'msg_given', output_index: 0, content_index: 0 };
    for await (const delta of typeof given === 'string' ? [given] : given) {
      yield write('response.output_text.delta', { ...at, delta, logprobs: [] });
    }
  }
  for (const [output_index, item] of output.entries()) yield write('response.output_item.done', { output_index, item });
  yield write('response.completed', { response: { status: 'completed', output, usage } });
}
