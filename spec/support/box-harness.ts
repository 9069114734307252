/** A server in front of fakes of OpenAI-compatible servers, and of nothing else. */
import type { TestContext } from 'node:test';
import { createFakeOpenAiServer, type FakeOpenAiServer, type FakeOpenAiServerOptions } from './fake-openai-server.ts';
import { createHarness, type Harness, type HarnessOptions, type HarnessProvider } from './harness.ts';

export interface BoxHarness extends Harness {
  /** The server behind the provider `box`. */
  readonly box: FakeOpenAiServer;
}

type Settings = Exclude<HarnessProvider, { kind: string } | readonly unknown[]>;

/** @param settings of the entry `box` in the configuration, besides its type and base URL */
export async function createBoxHarness(
  t: TestContext,
  {
    fake,
    settings,
    providers,
    ...options
  }: HarnessOptions & { fake?: FakeOpenAiServerOptions; settings?: Settings } = {},
): Promise<BoxHarness> {
  const box = await startFake(t, fake);
  const entry = { type: 'openai-compatible', baseURL: box.url, ...settings };
  const h = await createHarness(t, { isSignedIn: false, providers: { box: entry, ...providers }, ...options });
  return Object.assign(h, { box });
}

export async function startFake(t: TestContext, options?: FakeOpenAiServerOptions): Promise<FakeOpenAiServer> {
  const fake = await createFakeOpenAiServer(options);
  t.after(() => fake.close());
  return fake;
}

export const hello = [{ role: 'user' as const, content: 'Hello' }];

export function post(h: Harness, path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return h.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}
