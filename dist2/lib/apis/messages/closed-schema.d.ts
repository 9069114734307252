/**
 * A JSON Schema as Anthropic takes it for structured output: every object closed, and only keywords that its grammar can
 * enforce. Others move into the description, where the model reads them. Pure.
 */
import { type Json } from '../../lenient-json.ts';
export declare function toClosedSchema(schema: unknown, depth?: number): Json;
