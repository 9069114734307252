import { defineMiddleware } from 'opencompat';

/** Puts instructions before the client's own, by the name of its key; those of `*` are for all others. */
export default defineMiddleware({
  name: 'instructions',
  options: {
    type: 'object',
    additionalProperties: false,
    required: ['byKey'],
    properties: { byKey: { type: 'object', additionalProperties: { type: 'string' } } },
  },
  create({ byKey }) {
    const texts = new Map(Object.entries(byKey as Record<string, string>));
    return function addInstructions({ exchange }, _res, next) {
      const added = texts.get(exchange.clientName) ?? texts.get('*');
      const { request } = exchange;
      if (added && !request.embeddings) {
        request.instructions = request.instructions ? `${added}\n\n${request.instructions}` : added;
      }
      next();
    };
  },
});
