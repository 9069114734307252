/** What the checks ask: simple enough for any model. */
export declare const greeting = "Say hello in one short sentence.";
export declare const cities = "Tell me the weather in Oslo. Use the tool.";
export declare const weather: {
    name: string;
    description: string;
    parameters: {
        type: string;
        properties: {
            city: {
                type: string;
            };
        };
        required: string[];
        additionalProperties: boolean;
    };
};
export declare const person: {
    type: string;
    properties: {
        name: {
            type: string;
        };
        age: {
            type: string;
        };
    };
    required: string[];
    additionalProperties: boolean;
};
/** A red dot: a PNG of 1 × 1 pixels. */
export declare const tinyPng = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
/** How a text fails to be what `person` asks for; undefined where it is. */
export declare function expectPerson(text: unknown): string | undefined;
/** As `expectPerson`, for the arguments of `weather`. */
export declare function expectCity(json: unknown): string | undefined;
