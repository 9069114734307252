import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { errorFromFailedEvent } from '../../../lib/apis/responses/failure.ts';
import type { CanonicalEvent } from '../../../lib/canonical/types.ts';
import { isReasoningRefusal } from '../../../lib/providers/amendments.ts';
import { chatGptError, isInstructionsRefusal } from '../../../lib/providers/chatgpt/errors.ts';

const nowMs = Date.parse('2026-01-01T00:00:00Z');

function errorOf(status: number, body: unknown, headers: Record<string, string> = {}) {
  return chatGptError(status, headers, typeof body === 'string' ? body : JSON.stringify(body), nowMs);
}

type Expected = { status: number; code: string | null; type?: string; param?: string | null; message?: RegExp };

function check(error: ReturnType<typeof errorOf>, { status, code, type, param, message }: Expected) {
  assert.equal(error.public.status, status);
  assert.equal(error.public.code, code);
  if (type !== undefined) assert.equal(error.public.type, type);
  if (param !== undefined) assert.equal(error.public.param, param);
  if (message) assert.match(error.public.message, message);
}

const cases: [name: string, status: number, body: unknown, expected: Expected][] = [
  [
    'a sentence',
    400,
    { detail: 'Input must be a list' },
    { status: 400, code: null, message: /^Input must be a list$/ },
  ],
  [
    'an unsupported parameter',
    400,
    { detail: 'Unsupported parameter: top_p' },
    { status: 400, code: 'unsupported_parameter', param: 'top_p', type: 'invalid_request_error' },
  ],
  [
    'an unsupported tier',
    400,
    { detail: 'Unsupported service_tier: flex' },
    { status: 400, code: 'unsupported_value', param: 'service_tier' },
  ],
  [
    'a model that the account lacks',
    400,
    { detail: "The 'gpt-4' model is not supported when using Codex with a ChatGPT account." },
    { status: 404, code: 'model_not_found', message: /`gpt-4`/ },
  ],
  [
    'validation faults',
    422,
    { detail: [{ loc: ['body', 'input', 0, 'role'], msg: 'Input should be a role', type: 'enum' }] },
    { status: 400, code: null, param: 'input[0].role', message: /Input should be a role/ },
  ],
  [
    'an error object',
    400,
    {
      error: {
        message: 'No tool output found for function call call_1.',
        type: 'invalid_request_error',
        param: 'input',
        code: null,
      },
    },
    { status: 400, code: null, param: 'input', message: /No tool output found for function call call_1/ },
  ],
  [
    'too long a prompt',
    400,
    { error: { message: 'Too long.', type: 'invalid_request_error', code: 'context_length_exceeded' } },
    { status: 400, code: 'context_length_exceeded' },
  ],
  [
    'a plan without Codex',
    429,
    { error: { type: 'usage_not_included', message: 'No.' } },
    { status: 403, code: 'usage_not_included' },
  ],
  ['no credits', 402, { detail: { code: 'deactivated_workspace' } }, { status: 429, code: 'insufficient_quota' }],
  ['a 429 without a reason', 429, {}, { status: 429, code: 'rate_limit_exceeded', type: 'rate_limit_error' }],
  [
    'a 429 that calls itself an invalid request',
    429,
    { error: { type: 'invalid_request_error', message: 'Slower!' } },
    { status: 429, code: 'rate_limit_exceeded' },
  ],
  [
    'a region',
    403,
    { error: { type: 'invalid_request_error', code: 'unsupported_country', message: 'Not here.' } },
    { status: 403, code: 'unsupported_country' },
  ],
  [
    'an expired token',
    401,
    { detail: 'Unauthorized' },
    { status: 401, code: 'token_invalidated', message: /opencompat login/ },
  ],
  [
    'an overload',
    503,
    { error: { code: 'server_is_overloaded', message: 'Busy.' } },
    { status: 503, code: 'server_is_overloaded' },
  ],
  ['a slow-down as 500', 500, { error: { code: 'slow_down' } }, { status: 503, code: 'server_is_overloaded' }],
  [
    'a fault of the backend',
    500,
    { error: { code: 'server_error', message: 'Oops.' } },
    { status: 502, code: 'upstream_error' },
  ],
  [
    'a CDN fault',
    502,
    '<html><body>Bad gateway</body></html>',
    { status: 502, code: 'upstream_error', message: /HTTP 502/ },
  ],
  [
    'a challenge page',
    403,
    '<!DOCTYPE html><title>Just a moment...</title>',
    { status: 502, code: 'upstream_blocked' },
  ],
  ['an empty 404', 404, '', { status: 502, code: 'upstream_blocked' }],
  ['a redirect', 302, '', { status: 502, code: 'upstream_blocked' }],
  ['too large a body', 413, { detail: 'Too large' }, { status: 413, code: 'request_too_large' }],
];
for (const [name, status, body, expected] of cases) {
  test(`${name} (${status}) becomes ${expected.status} ${expected.code}`, () => check(errorOf(status, body), expected));
}

test('a challenge is known by its header, whatever the body', () => {
  check(errorOf(403, { detail: 'x' }, { 'cf-mitigated': 'challenge' }), { status: 502, code: 'upstream_blocked' });
});

test('a spent plan says when it comes back, and that asking again is no use', () => {
  const resets_at = nowMs / 1000 + 3600;
  const error = errorOf(429, {
    error: { type: 'usage_limit_reached', message: 'The usage limit has been reached', plan_type: 'plus', resets_at },
  });
  check(error, {
    status: 429,
    code: 'usage_limit_reached',
    type: 'usage_limit_reached',
    message: /2026-01-01T01:00:00/,
  });
  assert.deepEqual(error.public.extra, { resets_at, resets_in_seconds: 3600, plan_type: 'plus' });
  assert.equal(error.headers['retry-after'], '3600');
  assert.equal(error.headers['x-should-retry'], 'false');
});

test('tells how long to wait, from headers or words', () => {
  const waitOf = (headers: Record<string, string>, message = '') =>
    errorOf(429, { error: { code: 'rate_limit_exceeded', message } }, headers).headers['retry-after'];
  assert.equal(waitOf({ 'retry-after': '7' }), '7');
  assert.equal(waitOf({ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }), '30');
  assert.equal(waitOf({ 'retry-after-ms': '1500', 'retry-after': '9' }), '2');
  assert.equal(waitOf({ 'retry-after': 'soon' }), undefined);
  assert.equal(waitOf({}, 'Please try again in 1.5s.'), '2');
  assert.equal(waitOf({}, 'Please try again in 250ms.'), '1');
  assert.equal(waitOf({}, 'Please try again in 1m30s.'), '90');
  const long = errorOf(429, {}, { 'retry-after': '600' });
  assert.equal(long.headers['x-should-retry'], 'false', 'SDKs would not wait that long but ask again at once');
});

test('knows the refusals that a changed request can pass', () => {
  assert.ok(isInstructionsRefusal(errorOf(400, { detail: 'Instructions are not valid' })));
  assert.ok(isInstructionsRefusal(errorOf(400, { detail: 'Instructions are required' })));
  assert.ok(!isInstructionsRefusal(errorOf(400, { detail: 'Store must be set to false' })));
  const message = 'The encrypted content gAAA could not be verified.';
  assert.ok(isReasoningRefusal(errorOf(400, { error: { message, type: 'invalid_request_error', code: null } })));
  assert.ok(isReasoningRefusal(errorOf(400, { error: { message: 'x', code: 'invalid_encrypted_content' } })));
  assert.ok(!isReasoningRefusal(errorOf(400, { detail: 'Input must be a list' })));
});

const secrets = [
  'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJl',
  'sk-proj-Abc123Def456Ghi789',
  'rt_Q2hhdEdQVC1yZWZyZXNo.MTIzNDU2Nzg5',
  '3f1c9a52-8e4b-4d6f-9a77-0c1d2e3f4a5b',
  'user-AbCdEf1234567890',
  'org-Zyx987Wvu654',
  'jane.doe@example.com',
  `Q${'x1Y'.repeat(30)}`,
];

test('never throws, and shows no secret and no markup, whatever the body', () => {
  const withSecret = fc
    .tuple(fc.string(), fc.constantFrom(...secrets), fc.string())
    .map(([before, secret, after]) => `${before} ${secret} ${after}`);
  const body = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    withSecret,
    withSecret.map((text) => `<html><body>${text}</body></html>`),
    withSecret.map((detail) => JSON.stringify({ detail })),
    withSecret.map((msg) => JSON.stringify({ detail: [{ msg, loc: [msg, 0], type: msg }] })),
    withSecret.map((text) => JSON.stringify({ error: { message: text, param: text, code: text, type: text } })),
    withSecret.map((text) =>
      JSON.stringify({ error: { type: 'usage_limit_reached', plan_type: text, resets_at: text } }),
    ),
    fc.anything().map((value) => JSON.stringify({ error: value, detail: value }) ?? ''),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 999 }),
      fc.dictionary(fc.constantFrom('retry-after', 'retry-after-ms', 'cf-mitigated'), fc.string()),
      body,
      (status, headers, text) => {
        const error = chatGptError(status, headers, text, nowMs);
        assert.ok(error.status >= 400 && error.status < 600);
        const shown = JSON.stringify([error.public, error.headers, error.message]);
        for (const secret of secrets) assert.ok(!shown.includes(secret), `${secret} in ${shown}`);
        assert.doesNotMatch(shown, /<html/i);
      },
    ),
    { numRuns: 3000 },
  );
});

const failures: [event: object, expected: Expected][] = [
  [
    {
      type: 'response.failed',
      response: { error: { code: 'rate_limit_exceeded', message: 'Please try again in 20ms.' } },
    },
    { status: 429, code: 'rate_limit_exceeded' },
  ],
  [
    { type: 'response.failed', response: { error: { code: 'server_error', message: 'Oops.' } } },
    { status: 502, code: 'upstream_error', message: /Oops/ },
  ],
  [
    { type: 'response.failed', response: { error: null } },
    { status: 502, code: 'upstream_error', message: /ChatGPT failed/ },
  ],
  [
    { type: 'response.failed', response: { error: { code: 'cyber_policy', message: 'No.' } } },
    { status: 400, code: 'cyber_policy' },
  ],
  [
    { type: 'response.failed', response: { error: { code: 'image_too_large', message: 'No.' } } },
    { status: 400, code: 'image_too_large' },
  ],
  [
    { type: 'error', code: 'context_length_exceeded', message: 'Long.', param: 'input' },
    { status: 400, code: 'context_length_exceeded', param: 'input' },
  ],
  [
    { type: 'error', code: null, message: 'Selected model is at capacity.', param: null },
    { status: 429, code: 'rate_limit_exceeded' },
  ],
  [
    { type: 'error', error: { type: 'insufficient_quota', code: 'insufficient_quota', message: 'Spent.' } },
    { status: 429, code: 'insufficient_quota' },
  ],
  [
    { type: 'error', error: { type: 'usage_limit_reached', message: 'Spent.', resets_in_seconds: 60 } },
    { status: 429, code: 'usage_limit_reached' },
  ],
  [
    { type: 'error', error: { type: 'invalid_request_error', code: 'unsupported_value', message: 'No.', param: 'a' } },
    { status: 400, code: 'unsupported_value', param: 'a' },
  ],
  [
    { type: 'error', error: 'plain words' },
    { status: 502, code: 'upstream_error', message: /plain words/ },
  ],
  [{ type: 'error' }, { status: 502, code: 'upstream_error' }],
];
for (const [event, expected] of failures) {
  test(`${JSON.stringify(event).slice(0, 90)} becomes ${expected.status} ${expected.code}`, () => {
    check(errorFromFailedEvent(event as CanonicalEvent, 'ChatGPT'), expected);
  });
}
