/** Reads fixtures of upstream streams, and says what an answer made of them must hold. */
import { readdirSync, readFileSync } from 'node:fs';
import { createParser } from 'eventsource-parser';
import type { CanonicalEvent, CanonicalOutputItem, CanonicalResponse } from '../../lib/canonical/types.ts';

/** The events of a whole stream, vendor events included. */
export function decodeEvents(sse: string): CanonicalEvent[] {
  const events: CanonicalEvent[] = [];
  const parser = createParser({
    onEvent({ data }) {
      if (data !== '[DONE]') events.push(JSON.parse(data) as CanonicalEvent);
    },
  });
  parser.feed(sse);
  return events;
}

/** By the file's name in `spec/fixtures/responses`, without `.sse`. */
export function readFixture(name: string): CanonicalEvent[] {
  return decodeEvents(readFileSync(new URL(`../fixtures/responses/${name}.sse`, import.meta.url), 'utf8'));
}

/** The fixtures that hold a whole answer, not a failure or a stream that breaks off. */
export function listAnswerFixtures(): string[] {
  return readdirSync(new URL('../fixtures/responses', import.meta.url))
    .map((file) => file.replace(/\.sse$/, ''))
    .filter((name) => /^response\.(completed|incomplete)$/.test(readFixture(name).at(-1)!.type));
}

/** The answers of a recording: it may hold several, one after another. */
export function splitAnswers(events: readonly CanonicalEvent[]): CanonicalEvent[][] {
  const answers: CanonicalEvent[][] = [[]];
  for (const event of events) {
    if (event.type === 'response.created' && answers.at(-1)!.some(({ type }) => type.startsWith('response.'))) {
      answers.push([]);
    }
    answers.at(-1)!.push(event);
  }
  return answers;
}

export interface ExpectedAnswer {
  text: string;
  refusal: string;
  /** Parts of reasoning, in the order of the output. */
  reasoning: string[];
  toolCalls: { id: string; name: string; input: string; type: 'function' | 'custom' }[];
  citations: { start_index: number; end_index: number; url: string; title: string }[];
  images: string[];
  /** The terminal event's response; undefined when the stream has none. */
  response?: CanonicalResponse;
}

/**
 * Taken from the finished items, where the translation goes by the deltas. Only text that came in deltas is read from
 * them: in some recordings its deltas were cut short, but not the finished item.
 */
export function expectAnswer(events: readonly CanonicalEvent[]): ExpectedAnswer {
  const answer: ExpectedAnswer = { text: '', refusal: '', reasoning: [], toolCalls: [], citations: [], images: [] };
  const items: [number, CanonicalOutputItem][] = [];
  const deltas = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'response.output_item.done') items.push([event.output_index, event.item]);
    if (event.type === 'response.output_text.delta') {
      const key = `${event.output_index}/${event.content_index}`;
      deltas.set(key, (deltas.get(key) ?? '') + event.delta);
    }
    if (event.type === 'response.completed' || event.type === 'response.incomplete') answer.response = event.response;
  }
  items.sort(([a], [b]) => a - b);
  const finished = items.length > 0 ? items : [...(answer.response?.output.entries() ?? [])];
  for (const [index, item] of finished) addItem(answer, item, (part) => deltas.get(`${index}/${part}`));
  if (!answer.response) answer.text = [...deltas.values()].join('');
  return answer;
}

function addItem(
  answer: ExpectedAnswer,
  item: CanonicalOutputItem,
  streamedText: (part: number) => string | undefined,
): void {
  switch (item.type) {
    case 'message':
      for (const [index, part] of item.content.entries()) {
        if (part.type === 'refusal') {
          answer.refusal += part.refusal;
          continue;
        }
        for (const annotation of part.annotations) {
          if (annotation.type !== 'url_citation') continue;
          const { start_index, end_index, url, title } = annotation;
          const offset = answer.text.length;
          answer.citations.push({ start_index: offset + start_index, end_index: offset + end_index, url, title });
        }
        answer.text += streamedText(index) ?? part.text;
      }
      break;
    case 'reasoning':
      answer.reasoning.push(...item.summary.map(({ text }) => text), ...(item.content ?? []).map(({ text }) => text));
      break;
    case 'function_call':
      answer.toolCalls.push({ id: item.call_id, name: item.name, input: item.arguments, type: 'function' });
      break;
    case 'custom_tool_call':
      answer.toolCalls.push({ id: item.call_id, name: item.name, input: item.input, type: 'custom' });
      break;
    case 'image_generation_call':
      if (item.result) answer.images.push(item.result);
      break;
  }
}
