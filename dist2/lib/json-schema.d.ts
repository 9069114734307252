/** The subset of JSON Schema for options and configuration, and the TypeScript type that such a schema describes. */
export interface JsonSchema {
    readonly type?: string | readonly string[];
    readonly enum?: readonly unknown[];
    readonly const?: unknown;
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
    readonly additionalProperties?: boolean | JsonSchema;
    readonly items?: JsonSchema;
    readonly default?: unknown;
    readonly description?: string;
    readonly [keyword: string]: unknown;
}
type FromType<T> = T extends 'string' ? string : T extends 'number' | 'integer' ? number : T extends 'boolean' ? boolean : T extends 'null' ? null : unknown;
type PresentKeys<S, P> = {
    [K in keyof P]: P[K] extends {
        readonly default: unknown;
    } ? K : S extends {
        readonly required: readonly (infer R)[];
    } ? K extends R ? K : never : never;
}[keyof P];
type FromObject<S, P> = {
    -readonly [K in PresentKeys<S, P>]: FromSchema<P[K]>;
} & {
    -readonly [K in Exclude<keyof P, PresentKeys<S, P>>]?: FromSchema<P[K]>;
};
type OrNull<S> = S extends {
    readonly type: readonly (infer T)[];
} ? ('null' extends T ? null : never) : never;
/**
 * The value type that a schema literal (`as const`, or inferred by a `const` type parameter) describes.
 * A property is present when it is `required` or has a `default` (defaults are filled in before use).
 */
export type FromSchema<S> = S extends {
    readonly const: infer C;
} ? C : S extends {
    readonly enum: readonly (infer E)[];
} ? E : S extends {
    readonly properties: infer P;
} ? FromObject<S, P> | OrNull<S> : S extends {
    readonly type: 'object';
    readonly additionalProperties: infer A extends object;
} ? Record<string, FromSchema<A>> : S extends {
    readonly type: 'object';
} ? Record<string, unknown> : S extends {
    readonly type: readonly (infer T)[];
    readonly items: infer I;
} ? FromType<Exclude<T, 'array'>> | FromSchema<I>[] : S extends {
    readonly items: infer I;
} ? FromSchema<I>[] | OrNull<S> : S extends {
    readonly type: 'array';
} ? unknown[] : S extends {
    readonly type: readonly (infer T)[];
} ? FromType<T> : S extends {
    readonly type: infer T;
} ? FromType<T> : S extends {
    readonly oneOf: readonly (infer A)[];
} | {
    readonly anyOf: readonly (infer A)[];
} ? FromSchema<A> : unknown;
export {};
