/** Newest place first. */
export declare const cataloguePaths: readonly ['codex-rs/models-manager/models.json', 'codex-rs/core/models.json'];
export declare const promptFolder = "codex-rs/core";
export declare const generalPromptFile = "gpt_5_codex_prompt.md";
export declare const promptFiles: readonly string[];
/** The file of a model in `promptFolder`; undefined for models that used the general one. */
export declare function promptFileFor(model: string): string | undefined;
export interface CataloguePrompts {
    byModel: ReadonlyMap<string, string>;
    /** Of the catalogue's foremost model, for models it does not know. */
    general: string | undefined;
}
/** The texts of a `models.json`; entries that cannot be read are passed over. Never throws. */
export declare function readCataloguePrompts(catalogue: unknown): CataloguePrompts;
