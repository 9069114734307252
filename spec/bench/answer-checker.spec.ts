import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StreamChecker } from './answer-checker.ts';
import { wordAt } from './scenario.ts';
import type { AnswerForm } from './ways.ts';

const deltas = 5;
const words = Array.from({ length: deltas }, (_, index) => wordAt(index));

const answers: Record<Exclude<AnswerForm, 'socket'>, string> = {
  responses: [
    ...words.map((delta) => `event: response.output_text.delta\ndata: ${JSON.stringify({ type: 'x', delta })}\n\n`),
    `event: response.completed\ndata: ${JSON.stringify({ type: 'response.completed' })}\n\n`,
  ].join(''),
  chat: [
    ...['', ...words].map((content) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`),
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`,
  ].join(''),
  messages: [
    ...words.map(
      (text) => `data: ${JSON.stringify({ type: 'content_block_delta', delta: { type: 'text_delta', text } })}\n\n`,
    ),
    `data: ${JSON.stringify({ type: 'message_delta', delta: { stop_reason: 'end_turn' } })}\n\n`,
    `data: ${JSON.stringify({ type: 'message_stop' })}\n\n`,
  ].join(''),
};

function check(form: AnswerForm, pieces: string[]): string | undefined {
  const checker = new StreamChecker(form, deltas);
  for (const piece of pieces) checker.take(piece);
  return checker.finish();
}

for (const [form, answer] of Object.entries(answers) as [AnswerForm, string][]) {
  test(`passes a right ${form} answer, wherever it is split`, () => {
    for (let first = 0; first <= answer.length; first++) {
      for (let second = first; second <= answer.length; second += 7) {
        const pieces = [answer.slice(0, first), answer.slice(first, second), answer.slice(second)];
        assert.equal(check(form, pieces), undefined, `split at ${first} and ${second}`);
      }
    }
    assert.equal(check(form, answer.split('')), undefined);
  });

  test(`tells what is wrong with a ${form} answer`, () => {
    assert.match(check(form, [answer.replace(words[2]!, ' wrong')])!, /after 2 deltas/);
    assert.match(check(form, [answer.replace(words[0]!, words[0]! + words[1]!)])!, /after 0 deltas/);
    assert.match(check(form, [answer + answer])!, /after 5 deltas/);
    assert.match(check(form, [answer.slice(0, answer.indexOf(words[3]!))])!, /3 deltas instead of 5/);
    assert.match(check(form, [answer.slice(0, -30)])!, /at the end/);
  });
}
