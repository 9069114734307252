/** What becomes of a request's fields, seen from both sides: each case is sent through a server in front of the fakes. */
import { Agent } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { parseObject } from '../../../lib/lenient-json.ts';
import { createFakeCopilotModel } from '../../support/copilot-refusals.ts';
import { createFakeAnthropic, fakeAnthropicKey } from '../../support/fake-anthropic.ts';
import { createFakeOpenAiServer } from '../../support/fake-openai-server.ts';
import { createHarness, type Harness, type RecordedRequest } from '../../support/index.ts';
import { rawRequest } from '../../support/raw-request.ts';
import type { FieldCase } from './cases.ts';
import { type Answerer, type ApiContext, models } from './contexts.ts';

type Json = Record<string, unknown>;

/**
 * `passed`: the upstream's request shows it. `here`: the client's answer does. `named`: in `x-opencompat-ignored`. `refused`:
 * with a 400. `unseen`: nothing shows it.
 */
export type Fate = 'passed' | 'here' | 'named' | 'refused' | 'unseen';

export interface FieldBench {
  /** The fate of each case by name; that of what a field is in, where this is refused or named as a whole. */
  run(answerer: Answerer, context: ApiContext, cases: readonly FieldCase[]): Promise<Map<string, Fate>>;
  close(): Promise<void>;
}

/** An upstream, of which every request is seen. */
type Side = Readonly<Record<'requests' | 'otherRequests', readonly RecordedRequest[]>>;

interface Outcome {
  readonly status: number;
  readonly ignored: ReadonlySet<string>;
  readonly answer: unknown;
  readonly upstream: readonly unknown[];
}

export async function openFieldBench(): Promise<FieldBench> {
  const tasks: (() => Promise<void>)[] = [];
  const t = { after: (task: () => Promise<void>) => void tasks.push(task) };
  const box = await createFakeOpenAiServer({ takes: 'everything' });
  const anthropic = await createFakeAnthropic({ takes: 'everything' });
  const harness = await createHarness(t, {
    copilot: {
      models: [
        createFakeCopilotModel('gpt-5.4', { paths: ['/responses'], efforts: ['low', 'medium', 'high'] }),
        createFakeCopilotModel('text-embedding-3-small', { type: 'embeddings', hasDimensions: true }),
      ],
    },
    providers: {
      box: { type: 'openai-compatible', baseURL: box.url },
      anthropic: { type: 'anthropic', baseURL: anthropic.url, apiKey: fakeAnthropicKey },
    },
    config: { demo: true, rateLimit: 0, logLevel: 'error' },
  });
  await harness.fetch('/v1/models');
  const { upstream, copilot } = harness;
  const sides: Record<Answerer, readonly Side[]> = {
    ChatGPT: [upstream],
    Copilot: [copilot],
    server: [box],
    Anthropic: [anthropic],
    demo: [],
  };
  return {
    run: (answerer, context, cases) => new Runner(harness, answerer, context, sides[answerer]).run(cases),
    async close() {
      agent.destroy();
      for (const task of tasks) await task();
      await box.close();
      await anthropic.close();
    },
  };
}

const agent = new Agent({ keepAlive: true });

class Runner {
  readonly #harness: Harness;
  readonly #context: ApiContext;
  readonly #model: string;
  readonly #sides: readonly Side[];
  readonly #known = new Map<string, Promise<Outcome>>();

  constructor(harness: Harness, answerer: Answerer, context: ApiContext, sides: readonly Side[]) {
    this.#harness = harness;
    this.#context = context;
    this.#model = context.models?.[answerer] ?? models[answerer];
    this.#sides = sides;
  }

  async run(cases: readonly FieldCase[]): Promise<Map<string, Fate>> {
    const fates = new Map<string, Fate>();
    // The demo has no upstream whose requests would have to be told apart.
    if (this.#sides.length === 0)
      await Promise.all(cases.flatMap(({ body, without }) => [this.#ask(body), this.#ask(without)]));
    for (const each of cases) {
      const around = each.parent === undefined ? undefined : fates.get(each.parent);
      const isWhole = around === 'refused' || around === 'named';
      if (!fates.has(each.name)) fates.set(each.name, isWhole ? around : await this.#judge(each));
    }
    return fates;
  }

  async #judge({ name, body, without }: FieldCase): Promise<Fate> {
    const before = await this.#ask(without);
    const after = await this.#ask(body);
    if (before.status >= 400) throw new Error(`${name}: ${JSON.stringify(without)} → ${JSON.stringify(before.answer)}`);
    if (after.status >= 400) return 'refused';
    const leaf = name.split('.').at(-1)!;
    const named = [...after.ignored].filter((each) => !before.ignored.has(each));
    const dotted = name.replaceAll(/\[(\w+)\]/g, '.$1');
    if (named.some((each) => [name, dotted, leaf].includes(each) || name.startsWith(each))) return 'named';
    if (!isDeepStrictEqual(before.upstream, after.upstream)) return 'passed';
    if (named.length > 0) return 'named';
    // The demo answers by itself, and says what it leaves out.
    return this.#sides.length > 0 && isDeepStrictEqual(before.answer, after.answer) ? 'unseen' : 'here';
  }

  #ask(body: Json): Promise<Outcome> {
    const key = JSON.stringify(body);
    const outcome = this.#known.get(key) ?? this.#send(body);
    this.#known.set(key, outcome);
    return outcome;
  }

  /** An answer in the background comes before its upstream is asked. */
  async #settled(id: string): Promise<void> {
    for (;;) {
      const answer = await this.#harness.fetch(`/v1/responses/${id}`);
      const { status } = (await answer.json()) as { status?: string };
      if (status !== 'queued' && status !== 'in_progress') return;
      await setTimeout(5);
    }
  }

  async #send(body: Json): Promise<Outcome> {
    const before = this.#sides.map(({ requests, otherRequests }) => [requests.length, otherRequests.length] as const);
    const isDrawn = this.#context.path.endsWith('/generations');
    // As many as a request asks for.
    for (let n = 0; isDrawn && n < Number(body.n ?? 1); n += 1) this.#harness.upstream.reply('image-generation.sse');
    const answer = await rawRequest(`${this.#harness.url}${this.#context.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: this.#model, ...body }),
      agent,
    });
    if (body.background === true) await this.#settled(String(parseObject(answer.body.toString())?.id));
    const asked = this.#sides.flatMap(({ requests, otherRequests }, index) => [
      ...requests.slice(before[index]![0]),
      ...otherRequests.slice(before[index]![1]).filter(({ path }) => /\/(?:embeddings|completions)$/.test(path)),
    ]);
    return {
      status: answer.status,
      ignored: new Set(
        String(answer.headers['x-opencompat-ignored'] ?? '')
          .split(', ')
          .filter(Boolean),
      ),
      answer: toComparable(answer.body),
      upstream: asked.map(({ body: sent }) => sent),
    };
  }
}

/** What a response repeats of its request says nothing of what became of it. */
const told: ReadonlySet<string> = new Set(['output', 'status', 'incomplete_details', 'metadata', 'error']);

/** Without ids and times, which no two answers share. */
function toComparable(text: string): unknown {
  const whole = parseObject(text);
  const answer =
    whole?.object === 'response' ? Object.fromEntries(Object.entries(whole).filter(([key]) => told.has(key))) : whole;
  return (answer ? JSON.stringify(answer) : text)
    .replaceAll(/"usage":\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, '')
    .replaceAll(/"(?:id|item_id|call_id|request_id|encrypted_content|signature)":"[^"]*"/g, '')
    .replaceAll(
      /"(?:created|created_at|completed_at|total_duration|load_duration|prompt_eval_duration|eval_duration)":[^,}]*/g,
      '',
    );
}
