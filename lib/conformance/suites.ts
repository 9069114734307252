/** The checks of each API. */
import { anthropicChecks } from './anthropic.ts';
import type { Check } from './check.ts';
import { ollamaChecks } from './ollama.ts';
import { chatChecks } from './openai/chat.ts';
import { otherChecks } from './openai/others.ts';
import { refusalChecks } from './openai/refusals.ts';
import { toolChecks } from './openai/tools.ts';
import { responseChecks } from './responses.ts';
import { responseSocketChecks } from './responses-socket.ts';

export const suites: Readonly<Record<string, readonly Check[]>> = {
  openai: [...chatChecks, ...toolChecks, ...refusalChecks, ...otherChecks],
  responses: [...responseChecks, ...responseSocketChecks],
  anthropic: anthropicChecks,
  ollama: ollamaChecks,
};
