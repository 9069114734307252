/**
 * Tools of Anthropic's that the client carries out and whose schemas it does not send, because Anthropic's models know
 * them. Other models do not, so they get a schema and a description here; the calls are what the clients' code expects.
 * (Parameters: Anthropic's public documentation of each tool.)
 */
import type { Tool } from './schema.ts';
interface KnownTool {
    description: string;
    parameters: Record<string, unknown>;
}
/** The tool's description and parameters; undefined for other tools. */
export declare function findClientTool(tool: Tool): KnownTool | undefined;
export {};
