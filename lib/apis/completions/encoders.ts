/** The two forms of an answer: `text_completion`s as server-sent events, or one of them. */
import type { CanonicalEvent, CanonicalResponse, CanonicalUsage } from '../../canonical/types.ts';
import { type AnswerContext, type AnswerEncoder, type StreamEncoder, sseKeepalive } from '../api.ts';
import type { ChatDelta, ChoiceLogprobs, DeltaSink, FinishReason } from '../chat-completions/answer-delta.ts';
import { ChoiceReducer } from '../chat-completions/choice-reducer.ts';
import { toErrorBody } from './error-body.ts';
import { addLogprobs, type CompletionLogprobs, countCharacters, toCompletionLogprobs } from './logprobs.ts';
import { readPrompts } from './request.ts';
import type { CompletionRequest } from './schema.ts';

type CompletionReason = 'stop' | 'length' | 'content_filter';

interface CompletionUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
}

type Give = (text: string, logprobs: CompletionLogprobs | null) => void;

/** One choice: canonical events in, text out. A completion holds only text. */
class Choice implements DeltaSink {
  readonly #reducer: ChoiceReducer;
  readonly #wantsLogprobs: boolean;
  readonly #give: Give;
  readonly #finished: (reason: CompletionReason) => void;
  /** Characters of text so far; counted only for log probabilities. */
  #length = 0;
  usage: CanonicalUsage | null | undefined;

  /** @param echoed the start of the text */
  constructor(body: CompletionRequest, echoed: string, give: Give, finished: (reason: CompletionReason) => void) {
    this.#wantsLogprobs = body.logprobs != null;
    this.#give = give;
    this.#finished = finished;
    this.#reducer = new ChoiceReducer(this, { reasoningCompat: 'none', isLegacy: false, hasServerState: false });
    if (echoed) this.content(echoed);
  }

  take(event: CanonicalEvent): void {
    this.#reducer.reduce(event);
  }

  content(text: string): void {
    if (this.#wantsLogprobs) this.#length += countCharacters(text);
    this.#give(text, null);
  }

  scoredContent(text: string, logprobs: ChoiceLogprobs): void {
    const scored = this.#wantsLogprobs ? toCompletionLogprobs(logprobs, this.#length) : null;
    this.#length += countCharacters(text);
    this.#give(text, scored);
  }

  delta({ refusal }: ChatDelta): void {
    if (refusal) this.content(refusal);
  }

  finish(reason: FinishReason, { usage }: Pick<CanonicalResponse, 'usage'>): void {
    this.usage = usage;
    this.#finished(reason === 'length' || reason === 'content_filter' ? reason : 'stop');
  }
}

/** The start of each choice's text: the prompt, if the client asked for an echo. Prompts × n, in this order. */
function createEcho(body: CompletionRequest): (choice: number) => string {
  if (!body.echo) return () => '';
  const prompts = readPrompts(body);
  return (choice) => prompts[Math.floor(choice / (body.n ?? 1))] ?? '';
}

/**
 * Each prompt counts once for any number of choices; the choices' tokens are added up. Undefined when the upstream reported
 * none.
 */
function toUsage(choices: readonly (Choice | undefined)[], n: number): CompletionUsage | undefined {
  if (!choices.some((choice) => choice?.usage)) return undefined;
  let prompt = 0;
  let completion = 0;
  choices.forEach((choice, index) => {
    if (index % n === 0) prompt += choice?.usage?.input_tokens ?? 0;
    completion += choice?.usage?.output_tokens ?? 0;
  });
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

export function createStreamEncoder(body: CompletionRequest, context: AnswerContext): StreamEncoder {
  const hasUsage = body.stream_options?.include_usage === true;
  const model = JSON.stringify(context.model);
  const head = `data: {"id":${JSON.stringify(toId(context))},"object":"text_completion","created":${context.createdS},"model":${model},"choices":[`;
  const end = `]${hasUsage ? ',"usage":null' : ''}}\n\n`;
  const echo = createEcho(body);
  const choices: Choice[] = [];
  let written = '';

  function write(index: number, text: string, logprobs: CompletionLogprobs | null, reason: string): void {
    const scored = logprobs === null ? 'null' : JSON.stringify(logprobs);
    written += `${head}{"text":${JSON.stringify(text)},"index":${index},"logprobs":${scored},"finish_reason":${reason}}${end}`;
  }

  function openChoice(index: number): Choice {
    return new Choice(
      body,
      echo(index),
      (text, logprobs) => write(index, text, logprobs, 'null'),
      (reason) => write(index, '', null, `"${reason}"`),
    );
  }

  return {
    encode(event, index) {
      written = '';
      choices[index] ??= openChoice(index);
      choices[index].take(event);
      return written;
    },
    finish() {
      const usage = hasUsage ? toUsage(choices, body.n ?? 1) : undefined;
      return `${usage ? `${head}],"usage":${JSON.stringify(usage)}}\n\n` : ''}data: [DONE]\n\n`;
    },
    fail: (error) => `data: ${JSON.stringify(toErrorBody(error))}\n\n`,
    keepalive: sseKeepalive,
  };
}

export function createAnswerEncoder(body: CompletionRequest, context: AnswerContext): AnswerEncoder {
  const echo = createEcho(body);
  const choices: Choice[] = [];
  const merged: { text: string; logprobs: CompletionLogprobs | null; reason?: CompletionReason }[] = [];

  function openChoice(index: number): Choice {
    const whole: (typeof merged)[number] = { text: '', logprobs: null };
    merged[index] = whole;
    return new Choice(
      body,
      echo(index),
      (text, logprobs) => {
        whole.text += text;
        if (logprobs) whole.logprobs = addLogprobs(whole.logprobs, logprobs);
      },
      (reason) => {
        whole.reason = reason;
      },
    );
  }

  return {
    add(event, index) {
      choices[index] ??= openChoice(index);
      choices[index].take(event);
    },
    finish() {
      const usage = toUsage(choices, body.n ?? 1);
      return {
        id: toId(context),
        object: 'text_completion',
        created: context.createdS,
        model: context.model,
        choices: merged.map(({ text, logprobs, reason }, index) => ({ text, index, logprobs, finish_reason: reason })),
        ...(usage && { usage }),
      };
    },
  };
}

function toId({ id }: AnswerContext): string {
  return `cmpl-${id}`;
}
