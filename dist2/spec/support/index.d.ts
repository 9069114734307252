/**
 * `import … from 'opencompat/testing'`: the harness that the project's own specification uses, for plugins' tests.
 *
 *     import assert from 'node:assert/strict';
 *     import test from 'node:test';
 *     import { createHarness } from 'opencompat/testing';
 *     import effortCap from './effort-cap.ts';
 *
 *     test('lowers the effort', async (t) => {
 *       const h = await createHarness(t, { plugins: [[effortCap, { max: 'medium' }]] });
 *       const answer = await h.client.chat.completions.create({
 *         model: 'gpt-5.5-high',
 *         messages: [{ role: 'user', content: 'Hello' }],
 *       });
 *       assert.equal(h.upstream.last.body.reasoning.effort, 'medium');
 *       assert.ok(answer.choices[0]?.message.content);
 *     });
 */
export { defaultReasoning, defaultText } from './default-answer.ts';
export type { Delivery, RecordedRequest } from './delivery.ts';
export { createFakeChatGpt, type FakeChatGpt, type FakeChatGptOptions } from './fake-chatgpt.ts';
export { createFakeCopilot, type FakeCopilot, type FakeCopilotOptions } from './fake-copilot.ts';
export type { FakeAccount } from './fake-credentials.ts';
export { createFakeModel, type FakeModel } from './fake-models.ts';
export { type Cleanup, createHarness, type Harness, type HarnessOptions, type HarnessPlugin, type HarnessProvider, type LogLine, type Placement, } from './harness.ts';
export { fakeUsage, type ScriptedItem, type ScriptOptions, scriptAnswer, toSseText, type UpstreamEvent, } from './scripted-answer.ts';
