/** A time in seconds. */
export declare const seconds: {
    readonly type: 'number';
    readonly minimum: 0;
    readonly maximum: number;
    readonly 'x-unit': 'seconds';
};
/** How often something is refreshed: whole minutes, or a cron expression. */
export declare const refreshTimes: {
    readonly type: readonly ["integer", "string"];
    readonly minimum: 0;
    readonly maximum: number;
    readonly format: 'cron';
    readonly 'x-unit': 'minutes';
};
/** The characters of an HTTP header without spaces (RFC 9110 §5.5, https://www.rfc-editor.org/rfc/rfc9110#section-5.5). */
export declare const headerText: {
    readonly type: 'string';
    readonly pattern: '^[\\x21-\\x7e]+$';
    readonly 'x-expected': 'one word of printable ASCII characters, as an HTTP header carries it';
};
/** A list of names. */
export declare const names: {
    readonly type: 'array';
    readonly items: {
        readonly type: 'string';
        readonly minLength: 1;
    };
};
