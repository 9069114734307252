/** The tool with its fields in an object of their own; unchanged if it is nested already, or of another kind. */
export declare function nestTool(given: unknown): unknown;
/** The same for `tool_choice`. */
export declare function nestChoice(given: unknown): unknown;
