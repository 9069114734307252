import type { ModelInfo } from '../provider.ts';
export declare const fallbackModels: readonly ModelInfo[];
/** A model that only the operator names: assumed to reason, as all ChatGPT models do. */
export declare function assumeModel(id: string): ModelInfo;
