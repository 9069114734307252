/** Keys of the configuration for captures: which requests are recorded, and how much is kept. */
import type { ConfigFragment } from '../options/fragment.ts';

export const recordKeys = {
  record: {
    'x-section': 'Captures',
    enum: ['off', 'errors', 'all'],
    default: 'off',
    description:
      'Which requests are recorded, with all that passed between client, server and upstream, for `opencompat show`: none, those that fail, or all. Secrets are taken out; what people wrote is not.',
  },
  recordMaxBytes: {
    type: 'integer',
    minimum: 10_000,
    default: 4 * 1024 * 1024,
    'x-unit': 'bytes',
    'x-restart': true,
    description: 'Most bytes of one capture; it says how many it lacks.',
  },
  recordMaxMemoryBytes: {
    type: 'integer',
    minimum: 100_000,
    default: 64 * 1024 * 1024,
    'x-unit': 'bytes',
    'x-restart': true,
    description: 'Most bytes of all captures that are being recorded, or wait for the disk.',
  },
  recordMaxFiles: {
    type: 'integer',
    minimum: 1,
    default: 500,
    'x-restart': true,
    description: 'Most captures that are kept; the oldest go first.',
  },
  recordMaxDays: {
    type: 'integer',
    minimum: 1,
    default: 7,
    'x-unit': 'days',
    'x-restart': true,
    description: 'How long a capture is kept.',
  },
  recordFiles: {
    type: 'boolean',
    default: false,
    'x-restart': true,
    description: 'Do captures keep pictures and files, instead of their hash and size?',
  },
} as const satisfies ConfigFragment;
