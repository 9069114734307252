/** The OpenAI SDK's WebSocket of the Responses API, with the events of each lane apart. */
import type { TestContext } from 'node:test';
import type { ResponsesClientEvent } from 'openai/resources/responses/responses';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { createHarness, type Harness, type HarnessOptions } from './index.ts';
import type { Json } from './response-stream-checker.ts';

const isLast = ({ type }: Json) =>
  /^(error|response\.(completed|incomplete|failed|(steer|inject)\.failed))$/.test(String(type));

export class Connection {
  readonly ws: ResponsesWS;
  readonly #lanes = new Map<unknown, Json[]>();
  #wake: (() => void)[] = [];

  constructor(ws: ResponsesWS) {
    this.ws = ws;
    ws.on('event', (event) => {
      const { stream_id } = event as unknown as Json;
      this.#lanes.set(stream_id, [...(this.#lanes.get(stream_id) ?? []), event as unknown as Json]);
      for (const wake of this.#wake.splice(0)) wake();
    });
    // Errors come as events too.
    ws.on('error', () => {});
  }

  create(fields: Json): void {
    const event = { type: 'response.create', model: 'gpt-5.5', input: 'Hello', store: false, ...fields };
    this.ws.send(event as unknown as ResponsesClientEvent);
  }

  steer(previous_response_id: unknown, input: unknown): void {
    this.ws.send({ type: 'response.steer', previous_response_id, input } as ResponsesClientEvent);
  }

  /** The next whole answer of a lane. */
  answer(lane?: string): Promise<Json[]> {
    return this.until(isLast, lane);
  }

  /** The next events of a lane up to a certain one. @param wanted its type, or how it is known */
  async until(wanted: string | ((event: Json) => boolean), lane?: string): Promise<Json[]> {
    const isWanted = typeof wanted === 'string' ? ({ type }: Json) => type === wanted : wanted;
    for (;;) {
      const events = this.#lanes.get(lane) ?? [];
      const end = events.findIndex(isWanted);
      if (end >= 0) return events.splice(0, end + 1);
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }
}

export function connectTo(t: TestContext, harness: Harness): Connection {
  const ws = new ResponsesWS(harness.client);
  t.after(() => ws.close());
  return new Connection(ws);
}

export async function openConnection(t: TestContext, options: HarnessOptions = {}): Promise<[Harness, Connection]> {
  const harness = await createHarness(t, options);
  return [harness, connectTo(t, harness)];
}

export const textOf = (events: readonly Json[]) =>
  events
    .filter(({ type }) => type === 'response.output_text.delta')
    .map(({ delta }) => delta)
    .join('');
