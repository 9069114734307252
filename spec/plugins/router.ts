import { defineMiddleware } from 'opencompat';

/** Chooses the model by the request: the first rule that fits names it. It needs no more than the request itself. */
export default defineMiddleware({
  name: 'router',
  after: ['validate'],
  before: ['resolve-model'],
  options: {
    type: 'object',
    additionalProperties: false,
    required: ['rules'],
    properties: {
      /** Only requests for this name are routed. */
      name: { type: 'string', default: 'auto' },
      rules: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['model'],
          properties: {
            model: { type: 'string', minLength: 1 },
            /** In the latest message of the person. */
            pattern: { type: 'string' },
            /** Characters of all texts. */
            longerThan: { type: 'integer', minimum: 0 },
            hasTools: { type: 'boolean' },
          },
        },
      },
    },
  },
  create({ name, rules }) {
    const compiled = rules.map((rule) => ({ ...rule, regexp: rule.pattern && new RegExp(rule.pattern, 'iu') }));
    return function route({ exchange }, _res, next) {
      // `resolve-model` finds the provider of the name that stands here.
      const { request } = exchange;
      if (request.model !== name) return next();
      const texts = exchange.texts();
      const length = texts.reduce((sum, { text }) => sum + text.length, 0);
      const asked = texts.findLast(({ role }) => role === 'user')?.text ?? '';
      const fitting = compiled.find(
        ({ regexp, longerThan = -1, hasTools }) =>
          (!regexp || regexp.test(asked)) &&
          length > longerThan &&
          (hasTools === undefined || hasTools === Boolean(request.tools?.length)),
      );
      if (fitting) request.model = fitting.model;
      next();
    };
  },
});
