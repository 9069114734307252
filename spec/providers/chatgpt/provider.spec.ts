import assert from 'node:assert/strict';
import test from 'node:test';
import { createLogger } from '../../../lib/log.ts';
import { createChatGptProvider } from '../../../lib/providers/chatgpt/index.ts';
import type { AmendContext, ModelInfo } from '../../../lib/providers/provider.ts';
import { Secret } from '../../../lib/secret.ts';

const info: ModelInfo = { id: 'gpt-5', createdS: 0, ownedBy: 'openai', efforts: ['low', 'medium'] };

function create({
  isSignedIn = true,
  hasFile = false,
  isUnreadable = false,
  instructions = 'auto' as 'auto' | 'codex',
} = {}) {
  const insisting = new Set<string>();
  const renewed: string[] = [];
  const etags: string[] = [];
  const credential = (token: string, accountId?: string) => ({
    accessToken: new Secret(token),
    accountId,
    isFedramp: accountId === 'first-account',
  });
  const provider = createChatGptProvider({
    config: {
      chatgptBaseUrl: 'https://chatgpt.example/backend-api/',
      chatgptClientVersion: '1.2.3',
      chatgptOriginator: 'codex_cli_rs',
      instructions,
      reasoningEffort: 'medium',
      reasoningSummary: 'auto',
      textVerbosity: 'medium',
    },
    credentials: {
      peek: () => (isSignedIn ? credential('token-1') : undefined),
      exists: () => isSignedIn || hasFile,
      isUnreadable: () => isUnreadable,
      lookNowAndThen: () => undefined,
      look: async () => {},
      get: async () => credential('token-1', 'first-account'),
      renew: async (rejected) => {
        renewed.push(rejected.reveal());
        return credential('token-2');
      },
    },
    models: {
      list: () => [info],
      state: () => 'current',
      look: () => undefined,
      refresh: async () => {},
      noteEtag: (etag) => etags.push(etag),
    },
    instructions: {
      textFor: () => 'Codex’s text',
      neutral: 'Be helpful.',
      insists: (model) => insisting.has(model),
      learn: async (model) => void insisting.add(model),
    },
    log: createLogger({ level: 'error', format: 'json' }),
  });
  const context = {
    model: { requested: 'gpt-5', id: 'gpt-5', provider, info },
    clientId: 'someone',
    ignore: () => {},
  } as unknown as AmendContext;
  return { provider, context, renewed, etags };
}

const request = {
  model: 'gpt-5',
  stream: true,
  input: [{ type: 'message' as const, role: 'user' as const, content: 'x' }],
};

test('builds a request to the one endpoint, without credentials', () => {
  const { provider, context } = create();
  const { method, url, headers } = provider.buildRequest(request, context);
  assert.equal(method, 'POST');
  assert.equal(url.href, 'https://chatgpt.example/backend-api/codex/responses');
  assert.equal(headers.accept, 'text/event-stream');
  assert.equal(headers['content-type'], 'application/json');
  assert.match(String(headers['user-agent']), /^codex_cli_rs\/1\.2\.3 /);
  assert.equal(headers.authorization, undefined);
});

test('puts credentials in, and renews the ones that were rejected', async () => {
  const { provider, renewed } = create();
  const headers = {} as Parameters<NonNullable<typeof provider.authorize>>[0];
  assert.equal(await provider.authorize!(headers), true);
  assert.equal((headers.authorization as Secret).reveal(), 'Bearer token-1');
  assert.equal(headers['chatgpt-account-id'], 'first-account');
  assert.equal(headers['x-openai-fedramp'], 'true');
  assert.equal(await provider.authorize!(headers, { ...headers }), true);
  assert.deepEqual(renewed, ['token-1']);
  assert.equal((headers.authorization as Secret).reveal(), 'Bearer token-2');
  assert.equal(headers['chatgpt-account-id'], undefined, 'the new token’s account is not known');
  assert.equal(headers['x-openai-fedramp'], undefined);
});

test('learns from a refusal that a model wants Codex’s instructions, once', () => {
  const { provider, context } = create();
  const refusal = provider.toError(400, {}, '{"detail":"Instructions are not valid"}');
  const amended = provider.amendRequest!(request, refusal, context);
  assert.ok(amended);
  assert.equal(JSON.parse(provider.buildRequest(amended, context).body).instructions, 'Codex’s text');
  assert.equal(provider.amendRequest!(amended, refusal, context), undefined);
  const fixed = create({ instructions: 'codex' });
  assert.equal(fixed.provider.amendRequest!(request, refusal, fixed.context), undefined);
});

test('leaves out reasoning that the backend cannot read, once, and amends nothing else', () => {
  const { provider, context } = create();
  const refusal = provider.toError(400, {}, '{"error":{"code":"invalid_encrypted_content","message":"x"}}');
  const reasoning = { type: 'reasoning' as const, id: 'rs_1', summary: [], encrypted_content: 'abc' };
  const amended = provider.amendRequest!({ ...request, input: [reasoning, ...request.input] }, refusal, context);
  assert.deepEqual(amended?.input, request.input);
  assert.equal(provider.amendRequest!(request, refusal, context), undefined);
  const other = provider.toError(400, {}, '{"detail":"Input must be a list"}');
  assert.equal(provider.amendRequest!(request, other, context), undefined);
});

test('reads quota and the model list’s version from an answer’s headers', () => {
  const { provider, etags } = create();
  const quota = provider.readQuota!({
    'x-codex-primary-used-percent': '12.5',
    'x-codex-primary-window-minutes': '300',
    'x-models-etag': 'v2',
  });
  assert.equal(quota?.windows.primary?.usedPercent, 12.5);
  assert.deepEqual(etags, ['v2']);
  assert.equal(provider.readVendorEvent!({ type: 'codex.something' }), undefined);
});

test('is ready when signed in, and says what to do when not', () => {
  assert.deepEqual(create().provider.readiness(), { isReady: true, hasCredentials: true });
  const without = create({ isSignedIn: false }).provider.readiness();
  assert.deepEqual([without.isReady, without.hasCredentials], [false, false]);
  assert.match(without.reason ?? '', /not signed in.*opencompat login/);
  const dead = create({ isSignedIn: false, hasFile: true }).provider.readiness();
  assert.deepEqual([dead.isReady, dead.hasCredentials], [false, true]);
  assert.match(dead.reason ?? '', /no longer works.*opencompat login/);
  const unreadable = create({ isSignedIn: false, hasFile: true, isUnreadable: true }).provider.readiness();
  assert.deepEqual([unreadable.isReady, unreadable.hasCredentials], [false, true]);
  assert.match(unreadable.reason ?? '', /credential file cannot be used.*log/, 'signing in would not help');
});

test('takes a model that the list lacks for one that reasons', () => {
  assert.ok(create().provider.unlistedModel!('gpt-99')!.efforts.includes('high'));
});
