import { createError, defineMiddleware } from 'opencompat';

/** Masks patterns in what goes to the model and in what comes back, or refuses requests that hold one. */
export default defineMiddleware({
  name: 'mask',
  options: {
    type: 'object',
    additionalProperties: false,
    required: ['patterns'],
    properties: {
      patterns: { type: 'array', minItems: 1, maxItems: 100, items: { type: 'string', minLength: 1 } },
      by: { type: 'string', default: '[masked]' },
      /** Longest match, in UTF-16 units. */
      maxLength: { type: 'integer', minimum: 1, maximum: 4096, default: 256 },
      action: { enum: ['mask', 'refuse'], default: 'mask' },
    },
  },
  create({ patterns, by, maxLength, action }) {
    const all = new RegExp(patterns.map((pattern) => `(?:${pattern})`).join('|'), 'giu');
    return function mask({ exchange }, _res, next) {
      if (exchange.hasTokenInput) {
        throw createError({ code: 'unreadable_input', message: 'Send texts: tokens cannot be looked through here.' });
      }
      if (action === 'refuse' && exchange.texts().some(({ text }) => text.search(all) >= 0)) {
        throw createError({
          code: 'forbidden_text',
          message: 'The request holds text that may not be sent.',
          status: 403,
        });
      }
      exchange.mapText((text) => text.replace(all, () => by));
      const kinds = ['text', 'refusal', 'reasoning', 'arguments'] as const;
      exchange.onText({ pattern: all, maxLength, replace: () => by, kinds });
      next();
    };
  },
});
