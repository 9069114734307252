/** Plays a capture: its client's request through a server of its own, in which the recorded upstream answers. Nothing is sent. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { parseObject } from '../lenient-json.ts';
import { builtIns } from '../providers/built-ins.ts';
import { defineProvider } from '../providers/definition.ts';
import type { GivenProvider } from '../providers/plan.ts';
import type { DeliveryOptions } from '../providers/replay/delivery.ts';
import { createReplayProvider } from '../providers/replay/index.ts';
import { answersIn } from '../providers/replay/playlist.ts';
import type { Capture } from '../recorder/capture.ts';
import { type ClientAnswer, requestAgain } from '../recorder/comparable.ts';
import { createServer } from './server.ts';

/** Paths that one answer of a model, or one list of vectors, answers. */
const playedPath =
  /\/(?:chat\/completions|completions|responses|embeddings|messages|api\/(?:chat|generate|embed|embeddings))$/;

/** Why a capture cannot be played. Undefined: it can. */
export function whyNotPlayed(capture: Capture): string | undefined {
  const request = requestAgain(capture);
  if (!request) return 'it has no request over HTTP';
  const [path = ''] = request.path.split('?');
  if (!playedPath.test(path)) return `answers to ${path} are not played`;
  const { background, previous_response_id, conversation } = parseObject(String(request.body ?? '')) ?? {};
  if (background === true) return 'it was answered in the background';
  if (previous_response_id || conversation) return 'it continues what its server had stored';
  const { isAborted, leftOutBytes = 0 } = capture.first('end') ?? { isAborted: true };
  if (isAborted) return 'the client had left before the answer was complete';
  if (leftOutBytes > 0) return `${leftOutBytes} bytes of it were left out (\`recordMaxBytes\`)`;
  return undefined;
}

/** @param loaded the configuration; its providers, keys and folders are left out */
export async function playCapture(
  capture: Capture,
  loaded: LoadedConfig,
  delivery: DeliveryOptions,
): Promise<ClientAnswer> {
  const home = await mkdtemp(join(tmpdir(), 'opencompat-replay-'));
  try {
    const server = await createServer(
      { ...loaded, config: toReplayConfig(loaded.config, capture, home), warnings: [] },
      { logStream: new PassThrough().resume(), providers: providersOf(capture, delivery) },
    );
    try {
      const { path, ...request } = requestAgain(capture)!;
      const answer = await fetch(`${server.url}${path}`, request as RequestInit);
      // A stream that breaks off is compared as far as it came.
      const body = await readAsFarAsItComes(answer);
      return { status: answer.status, headers: Object.fromEntries(answer.headers), body };
    } finally {
      await server.close();
    }
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function readAsFarAsItComes({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of body ?? []) parts.push(part);
  } catch {
    // What had come is in `parts`.
  }
  return Buffer.concat(parts).toString();
}

/** One for each provider that was asked, under its own name. */
function providersOf(capture: Capture, delivery: DeliveryOptions): GivenProvider[] {
  const byName = Map.groupBy(capture.all('model'), ({ provider }) => provider);
  return [...byName].map(([name, models]) => ({
    name,
    definition: defineProvider({
      create: (_options, services) =>
        createReplayProvider(services, {
          ...delivery,
          models,
          answers: answersIn(capture, name),
          match: 'recorded',
        }) as never,
    }),
  }));
}

function toReplayConfig(config: Config, capture: Capture, home: string): Config {
  const replayed: Record<string, unknown> = {
    ...config,
    host: '127.0.0.1',
    port: 0,
    watch: false,
    record: 'off',
    usageStore: 'off',
    redis: undefined,
    rateLimit: 0,
    shutdownGrace: 0,
    dataDir: home,
    cacheDir: home,
    apiKeys: [],
    clientKeys: [],
    aliases: { ...aliasesOf(capture), ...config.aliases },
  };
  for (const { fromKeys } of builtIns) {
    for (let asked = fromKeys?.(replayed as never); asked; asked = fromKeys?.(replayed as never))
      replayed[asked.path] = undefined;
  }
  const others = builtIns.filter(({ presence }) => presence === 'once');
  replayed.providers = Object.fromEntries(others.map(({ name }) => [name, { type: name, enabled: false }]));
  return replayed as unknown as Config;
}

/** What the client's name of the model led to, where that was not in the name itself. */
function aliasesOf(capture: Capture): Record<string, string[]> {
  const models = capture.all('model');
  const isPlain = models.every(({ why }) => why === 'name' || why === 'suffix');
  const [first] = models;
  if (!first || isPlain) return {};
  return { [first.asked]: [...new Set(models.map(({ provider, model }) => `${provider}/${model}`))] };
}
