/**
 * Does the schema suit OpenAI's strict mode? Unlike Anthropic, it wants every object closed and every property required, and
 * refuses other schemas.
 */
export declare function isStrictSchema(schema: unknown, depth?: number): boolean;
