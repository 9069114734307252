/** The built-in demo: answers without an account or a network, so that a fresh install can be tried with any client. */
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ignoreOthers } from '../../canonical/ignored.ts';
import type { CanonicalRequest, EmbeddingsResult, ReasoningEffort } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import type { ModelInfo, Provider, UpstreamAnswer, UpstreamRequest } from '../provider.ts';
import { checkEmbeddings, embed } from './embeddings.ts';
import { replyTo } from './reply.ts';
import { streamReply } from './stream.ts';

export interface DemoProviderOptions {
  /** Is the model served now? Asked each time. Default: always. */
  isListed?: () => boolean;
  /** Pause between two pieces of an answer, so that it can be seen to stream. Default 10. */
  delayMs?: number;
}

const model: ModelInfo = {
  id: 'demo',
  createdS: 0,
  ownedBy: 'opencompat',
  displayName: 'Demo',
  efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
  defaultEffort: 'medium',
  hasParallelToolCalls: true,
  hasReasoningSummaries: true,
};

const embeddingsModel: ModelInfo = {
  id: 'demo-embeddings',
  createdS: 0,
  ownedBy: 'opencompat',
  displayName: 'Demo embeddings',
  efforts: [],
  purpose: 'embeddings',
};

const embeddingsUrl = new URL('demo:/embeddings');

const taken: ReadonlySet<string> = new Set([
  'include',
  'input',
  'instructions',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'tool_choice',
  'tools',
]);

/** A request as it goes from `buildRequest` to `answer`. */
interface DemoRequest {
  id: string;
  effort: ReasoningEffort;
  request: CanonicalRequest;
}

/** Its answers are streams from the start. */
interface DemoProvider extends Provider {
  answer(request: UpstreamRequest, signal: AbortSignal): UpstreamAnswer;
}

export function createDemoProvider({ isListed = () => true, delayMs = 10 }: DemoProviderOptions = {}): DemoProvider {
  return {
    name: 'demo',
    title: 'The demo',

    models: () => (isListed() ? [model, embeddingsModel] : []),
    readiness: () => ({ isReady: isListed() }),

    buildRequest(request, context) {
      ignoreOthers(request, taken, context.ignore);
      const effort = request.reasoning?.effort ?? model.defaultEffort!;
      const demoRequest: DemoRequest = { id: context.id, effort, request: { ...request, model: model.id } };
      return { method: 'POST', url: new URL('demo:/responses'), headers: {}, body: JSON.stringify(demoRequest) };
    },

    buildEmbeddings({ embeddings }) {
      checkEmbeddings(embeddings!);
      return { method: 'POST', url: embeddingsUrl, headers: {}, body: JSON.stringify(embeddings) };
    },
    readEmbeddings: (body) => body as unknown as EmbeddingsResult,

    answer({ url, body }, signal) {
      if (url === embeddingsUrl) {
        const vectors = Buffer.from(JSON.stringify(embed(JSON.parse(body))));
        return toAnswer(Readable.from([vectors], { objectMode: false }), 'application/json');
      }
      const { id, effort, request } = JSON.parse(body) as DemoRequest;
      const events = streamReply(request, replyTo(request, effort), { id, createdS: Math.floor(Date.now() / 1000) });

      // A generator is asked for its next write only when the reader has taken the one before.
      async function* write(): AsyncGenerator<Buffer> {
        let isFirst = true;
        for (const group of events) {
          if (!isFirst && delayMs > 0) await sleep(delayMs, undefined, { signal });
          isFirst = false;
          yield Buffer.from(group.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
        }
      }
      const stream = Readable.from(write(), { objectMode: false, signal });
      // An abort before anyone reads is no fault of the process.
      stream.on('error', () => {});
      return toAnswer(stream, 'text/event-stream');
    },

    toError: (status) => new OpenCompatError('OC_UPSTREAM_ERROR', { reason: `The demo answered with HTTP ${status}.` }),
  };
}

function toAnswer(stream: Readable, type: string): UpstreamAnswer {
  return Object.assign(stream, { statusCode: 200, headers: { 'content-type': type } }) as unknown as UpstreamAnswer;
}
