/** What the checks ask: simple enough for any model. */

export const greeting = 'Say hello in one short sentence.';
export const cities = 'Tell me the weather in Oslo. Use the tool.';

export const weather = {
  name: 'get_weather',
  description: 'The weather of a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};

export const person = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
  additionalProperties: false,
};

/** A red dot: a PNG of 1 × 1 pixels. */
export const tinyPng =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

/** How a text fails to be what `person` asks for; undefined where it is. */
export function expectPerson(text: unknown): string | undefined {
  try {
    const { name, age, ...rest } = JSON.parse(String(text)) as Record<string, unknown>;
    if (typeof name === 'string' && Number.isInteger(age) && Object.keys(rest).length === 0) return undefined;
  } catch {
    // Told below.
  }
  return `the text is ${JSON.stringify(String(text).slice(0, 160))}, not an object of the schema`;
}

/** As `expectPerson`, for the arguments of `weather`. */
export function expectCity(json: unknown): string | undefined {
  try {
    const { city } = (typeof json === 'string' ? JSON.parse(json) : json) as { city?: unknown };
    if (typeof city === 'string') return undefined;
  } catch {
    // Told below.
  }
  return `the arguments are ${JSON.stringify(json)?.slice(0, 160)}, not an object with a city`;
}
