import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ErrorCode } from '../../../lib/errors.ts';
import { copilotError, refusedPath } from '../../../lib/providers/copilot/errors.ts';
import { readRefusedFields } from '../../../lib/providers/refused-fields.ts';

const nowMs = Date.UTC(2026, 10, 23);
const errorOf = (status: number, body: object | string, headers: Record<string, string> = {}) =>
  copilotError(status, headers, typeof body === 'string' ? body : JSON.stringify(body), nowMs);

interface Case {
  name: string;
  status: number;
  body: object | string;
  headers?: Record<string, string>;
  is: [code: ErrorCode, status: number, publicCode: string | null];
  retryAfterS?: number;
}

const wrap = (code: string, message = 'A sentence.') => ({ error: { message, code } });
const sentence = { message: 'A sentence.' };

const cases: Case[] = [
  {
    name: 'a bad body',
    status: 400,
    body: wrap('invalid_request_body'),
    is: ['OC_UPSTREAM_BAD_REQUEST', 400, 'invalid_request_body'],
  },
  {
    name: 'an unknown model',
    status: 400,
    body: wrap('model_not_supported'),
    is: ['OC_UPSTREAM_MODEL_NOT_FOUND', 404, 'model_not_found'],
  },
  {
    name: 'another path',
    status: 400,
    body: wrap('unsupported_api_for_model'),
    is: ['OC_UPSTREAM_BAD_REQUEST', 400, 'unsupported_api_for_model'],
  },
  {
    name: 'a long prompt',
    status: 400,
    body: wrap('model_max_prompt_tokens_exceeded'),
    is: ['OC_CONTEXT_LENGTH', 400, 'context_length_exceeded'],
  },
  { name: 'a fault without a code', status: 400, body: 'A sentence.\n', is: ['OC_UPSTREAM_BAD_REQUEST', 400, null] },
  {
    name: 'JSON as plain text',
    status: 400,
    body: JSON.stringify(wrap('off_topic')),
    is: ['OC_UPSTREAM_BAD_REQUEST', 400, 'off_topic'],
  },
  {
    name: 'a lost answer',
    status: 400,
    body: wrap('previous_response_not_found'),
    is: ['OC_UPSTREAM_BAD_REQUEST', 400, 'previous_response_not_found'],
  },
  {
    name: 'an ended token',
    status: 401,
    body: 'unauthorized: token expired\n',
    is: ['OC_SIGN_IN_AGAIN', 401, 'token_invalidated'],
  },
  {
    name: 'a spent quota',
    status: 402,
    body: wrap('quota_exceeded'),
    headers: { 'retry-after': '60' },
    is: ['OC_INSUFFICIENT_QUOTA', 429, 'insufficient_quota'],
    retryAfterS: 60,
  },
  {
    name: 'a spent quota until a date',
    status: 402,
    body: wrap('free_quota_exceeded'),
    headers: { 'retry-after': 'Mon, 23 Nov 2026 00:02:00 GMT' },
    is: ['OC_INSUFFICIENT_QUOTA', 429, 'insufficient_quota'],
    retryAfterS: 120,
  },
  {
    name: 'no billing',
    status: 402,
    body: { ...sentence, code: 'billing_not_configured' },
    is: ['OC_INSUFFICIENT_QUOTA', 429, 'insufficient_quota'],
  },
  { name: 'a policy', status: 403, body: 'A sentence.', is: ['OC_FORBIDDEN', 403, null] },
  { name: 'nothing there', status: 404, body: 'page not found', is: ['OC_UPSTREAM_BAD_REQUEST', 404, null] },
  { name: 'too large', status: 413, body: sentence, is: ['OC_UPSTREAM_BAD_REQUEST', 413, 'request_too_large'] },
  { name: 'filtered content', status: 422, body: sentence, is: ['OC_CONTENT_FILTER', 400, 'content_filter'] },
  { name: 'a failed dependency', status: 424, body: sentence, is: ['OC_UPSTREAM_ERROR', 502, 'upstream_error'] },
  {
    name: 'a rate limit',
    status: 429,
    body: wrap('user_model_rate_limited'),
    headers: { 'retry-after': '9' },
    is: ['OC_UPSTREAM_RATE_LIMITED', 429, 'rate_limit_exceeded'],
    retryAfterS: 9,
  },
  {
    name: 'a spent quota told as a rate limit',
    status: 429,
    body: wrap('quota_exceeded'),
    is: ['OC_INSUFFICIENT_QUOTA', 429, 'insufficient_quota'],
  },
  { name: 'an old API version', status: 466, body: sentence, is: ['OC_UPSTREAM_ERROR', 502, 'upstream_error'] },
  { name: 'cancelled', status: 499, body: '', is: ['OC_UPSTREAM_ERROR', 502, 'upstream_error'] },
  { name: 'a limit upstream', status: 503, body: sentence, is: ['OC_OVERLOADED', 503, 'server_is_overloaded'] },
  { name: 'a failure', status: 500, body: '<html><body>oops', is: ['OC_UPSTREAM_ERROR', 502, 'upstream_error'] },
  { name: 'a redirect', status: 302, body: '', is: ['OC_UPSTREAM_ERROR', 502, 'upstream_error'] },
];

for (const { name, status, body, headers, is, retryAfterS } of cases) {
  test(`${name} (HTTP ${status})`, () => {
    const error = errorOf(status, body, headers);
    assert.deepEqual([error.code, error.status, error.public.code], is);
    assert.equal(error.retryAfterS, retryAfterS);
    assert.match(error.message, /A sentence|GitHub Copilot|page not found/);
    assert.doesNotMatch(error.message, /</);
  });
}

test('an old API version says which setting helps, and is not asked again', () => {
  const error = errorOf(466, { message: 'the specified API version is no longer supported' });
  assert.match(error.message, /no longer supported.*copilotApiVersion.*OPENCOMPAT_COPILOT_API_VERSION/);
  assert.equal(error.headers['x-should-retry'], 'false');
});

test('a wait of minutes is not for clients to sit out', () => {
  assert.equal(errorOf(429, 'slow', { 'retry-after': '600' }).headers['x-should-retry'], 'false');
  assert.equal(errorOf(429, 'slow', { 'retry-after': '6' }).headers['x-should-retry'], undefined);
});

test('which path a model refuses', () => {
  const refusal = (message: string) => refusedPath(errorOf(400, wrap('unsupported_api_for_model', message)));
  assert.equal(refusal('model "x" is not accessible via the /chat/completions endpoint'), '/chat/completions');
  assert.equal(refusal('model "x" is not accessible via the /responses endpoint.'), '/responses');
  assert.equal(refusal('model "x" is not accessible via the /v1/messages endpoint'), '/v1/messages');
  assert.equal(refusal('model "x" is not accessible there'), 'unnamed');
  assert.equal(refusedPath(errorOf(400, wrap('invalid_request_body', 'the /responses endpoint'))), undefined);
});

test('which field a model refuses', () => {
  const field = (error: object) => readRefusedFields(errorOf(400, { error }))?.fields.join() ?? '';
  const type = 'invalid_request_error';
  const said = "Unsupported parameter: 'temperature' is not supported with this model.";
  assert.equal(field({ message: said, code: 'unsupported_parameter', param: 'temperature' }), 'temperature,top_p');
  assert.equal(field({ message: said, type }), 'temperature,top_p');
  assert.equal(field({ message: "Unknown parameter: 'truncation'.", code: 'unknown_parameter' }), 'truncation');
  for (const param of ['text.verbosity', 'tools', 'response_format', 'thread', 'metadata.a']) {
    assert.equal(field({ message: `Unknown parameter: '${param}'.`, code: 'unknown_parameter', param }), '');
  }
  assert.equal(field({ message: 'Unrecognized request argument supplied: seed', type }), 'seed');
  assert.equal(field({ message: 'context_management: Extra inputs are not permitted', type }), 'context_management');
  const oneValue = "Unsupported value: 'temperature' does not support 0.2 with this model.";
  assert.equal(field({ message: oneValue, code: 'unsupported_value', param: 'temperature' }), 'temperature,top_p');
  assert.equal(field({ message: 'x', code: 'unsupported_value', param: 'reasoning.effort' }), '');
  assert.equal(field({ message: 'The temperature is pleasant.', type }), '');
  assert.equal(field({ message: 'thinking: claude-x does not support thinking', type }), 'thinking,reasoning_effort');
  assert.equal(readRefusedFields(errorOf(429, said)), undefined);
});

test('whatever comes is an error without secrets', () => {
  const secret = 'gho_16C7e42F292c6912E7710c838347Ae178B4a';
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 599 }), fc.anything(), (status, value) => {
      const error = errorOf(status, { error: value, message: `Bearer ${secret}` });
      assert.ok(error.status >= 400);
      assert.doesNotMatch(error.message, /gho_/);
    }),
  );
});
