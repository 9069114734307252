import type { CanonicalRequest } from '../../canonical/types.ts';
type Tool = NonNullable<CanonicalRequest['tools']>[number];
export interface FlatTool<T extends Tool = Tool> {
    tool: T;
    /** Where it stands in the request. */
    param: string;
    namespace?: string;
    /** Its name in the flat list, unique there; in the request a name is unique only within its namespace. */
    name: string;
}
export declare function toFlatName(namespace: unknown, name: string): string;
export declare function flattenTools(tools: CanonicalRequest['tools'] | null): FlatTool[];
export type CallableTool = Extract<Tool, {
    type: 'function' | 'custom';
}>;
/**
 * The tools that the client runs, for APIs without server tools. Web search and image generation, which a server runs, are left
 * out and reported as ignored if the model keeps other tools and need not use these.
 * @throws OpenCompatError OC_TOOL_NOT_SUPPORTED for all other server tools
 */
export declare function toCallableTools({ tools, tool_choice }: Pick<CanonicalRequest, 'tools' | 'tool_choice'>, ignore: (param: string) => void): FlatTool<CallableTool>[];
/** Does `allowed_tools` name the tool: by its own name, with or without its namespace, or by its namespace's? */
export declare function isAllowed({ name, namespace, tool }: FlatTool<CallableTool>, names: ReadonlySet<unknown>): boolean;
/** Describes a custom tool's input in words: no grammar binds a function with one text, so the model must be told. */
export declare function describeCustomInput({ format }: Pick<Extract<Tool, {
    type: 'custom';
}>, 'format'>): string;
export {};
