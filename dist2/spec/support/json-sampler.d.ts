/** A value that satisfies a JSON Schema, always the same one: how the fake backend fills tool arguments and structured answers. */
/** @param name what a string without further constraints says; below the top it is the property's name */
export declare function sampleJson(schema: unknown, name?: string): unknown;
