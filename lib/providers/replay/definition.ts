import type { JsonSchema } from '../../json-schema.ts';
import { defineBuiltIn } from '../definition.ts';

const replayOptions = {
  type: 'object',
  additionalProperties: false,
  required: ['folder'],
  properties: {
    folder: {
      type: 'string',
      minLength: 1,
      description: 'The folder of captures, or one of them; relative to the configuration file.',
    },
    match: {
      enum: ['strict', 'near'],
      default: 'strict',
      description:
        'Which capture answers a request: that of the same request; or, with `near`, the most alike of the same model, by the user’s last words.',
    },
    maxCaptureBytes: {
      type: 'integer',
      minimum: 1,
      default: 67_108_864,
      'x-unit': 'bytes',
      description: 'Most bytes of all captures of the folder.',
    },
  },
} as const satisfies JsonSchema;

/** Captures, which answer instead of the upstream that was recorded. */
export const replay = defineBuiltIn({
  name: 'replay',
  title: 'Captures',
  presence: 'configured',
  turn: 'paid',
  keys: {},
  options: replayOptions,
  create: async (options, services) => (await import('./open.ts')).openReplay(options, services as never),
});
