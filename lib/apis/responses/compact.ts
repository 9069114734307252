/** Compaction: the upstream shortens a long conversation by itself (the item `compaction_trigger`). */
import type { CanonicalInputItem, CanonicalRequest } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import type { AnswerContext, AnswerEncoder, RequestContext } from '../api.ts';
import { createAnswerEncoder } from './encoders.ts';
import { toCanonical } from './request.ts';
import type { ResponsesRequest } from './schema.ts';

/** The request for a compaction: the conversation, and behind it the trigger. */
export function toCompaction(body: ResponsesRequest, context: Pick<RequestContext, 'ignore'>): CanonicalRequest {
  const request = toCanonical({ ...body, store: false, stream: false }, context);
  return { ...request, input: [...request.input, { type: 'compaction_trigger' }] };
}

/** The user's messages, and behind them the item that stands for the rest. */
export function createCompactionEncoder(body: ResponsesRequest, context: AnswerContext): AnswerEncoder {
  const gathered = createAnswerEncoder(body, context);
  const said = context.request.input.filter((item) => item.type === 'message' && item.role === 'user');
  return {
    add(event, choice) {
      gathered.add(event, choice);
      if (event.type !== 'response.completed' && event.type !== 'response.incomplete') return;
      if (!findCompaction(gathered)) throw new OpenCompatError('OC_NO_COMPACTION');
    },
    finish() {
      const { usage } = gathered.finish() as { usage: object | null };
      return {
        id: `resp_${context.id}`,
        object: 'response.compaction',
        created_at: context.createdS,
        output: [...said.map((item, index) => toOutput(item, `msg_${context.id}_${index}`)), findCompaction(gathered)],
        usage,
      };
    },
  };
}

function findCompaction(gathered: AnswerEncoder): object | undefined {
  const { output } = gathered.finish() as { output: { type: string }[] };
  return output.find(({ type }) => type === 'compaction');
}

function toOutput(item: CanonicalInputItem, id: string): object {
  return { id, status: 'completed', ...item };
}
