/**
 * This API's name for a field that an upstream named as the Responses API does. A body in the form of the Responses API (Cursor's)
 * has the field by that name.
 */
export declare function toChatParam(param: string, body: unknown): string;
/** Has the body no messages, but the input of the Responses API? */
export declare function isResponsesForm(body: unknown): boolean;
