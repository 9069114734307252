/** The facts of a model. */
export interface ModelFacts {
    /** As its provider names it. */
    id: string;
    ownedBy: string;
    /** Unix seconds; 0: not known. */
    createdS: number;
    /** Tokens. */
    contextWindow?: number;
    /** Empty when it does not reason. */
    efforts: readonly string[];
    inputModalities?: readonly string[];
    /** Absent: it calls tools. */
    hasTools?: boolean;
    /** Absent: it answers. */
    purpose?: 'embeddings' | 'images';
}
/** A model and the name by which it is listed. */
export interface ListedModel {
    id: string;
    provider: {
        name: string;
    };
    info: ModelFacts;
}
/** The release of Ollama whose API this is. VS Code refuses anything below 0.6.4 (microsoft/vscode-copilot-chat). */
export declare const apiVersion = "0.18.3";
/** An entry of /api/tags. */
export declare function toTag({ id, provider, info }: ListedModel): object;
/** An entry of /api/ps: every model is there at once, so that all of them count as loaded. */
export declare function toRunning(model: ListedModel, nowMs: number): object;
/** The answer of /api/show. @param name as the client wrote it */
export declare function toModelCard(name: string, info: ModelFacts): object;
