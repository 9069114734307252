/** The catalogue of the fake ChatGPT backend: an account on the plus plan, with the efforts each model really takes. */
export interface FakeModel {
    slug: string;
    /** Efforts that a request may ask for. `ultra`, which the catalogue may list besides, is refused as the backend does. */
    efforts: readonly string[];
    /** An entry of `GET /codex/models`. */
    entry: object;
}
interface ModelTraits {
    efforts?: readonly string[];
    listsUltra?: boolean;
    defaultEffort?: string;
    isHidden?: boolean;
    isFast?: boolean;
    minimalClientVersion?: string | readonly number[];
}
/** @param priority place in the account's list */
export declare function createFakeModel(slug: string, traits?: ModelTraits, priority?: number): FakeModel;
export declare const fakeModels: readonly FakeModel[];
export {};
