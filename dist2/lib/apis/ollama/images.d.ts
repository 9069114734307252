/**
 * The data URL of an image that Ollama's clients send as bare base64. One that is a data URL already is left as it is.
 * @throws OpenCompatError OC_INVALID_VALUE for an image of another kind
 */
export declare function toDataUrl(image: string, param: string): string;
