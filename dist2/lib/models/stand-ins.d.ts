/**
 * Models that stand in for names that clients have built in and no provider lists: those of Anthropic, which its clients name by
 * themselves, and those of OpenAI, of which examples, editors and older programs name the retired ones.
 */
import type { ModelInfo } from '../providers/provider.ts';
/** The one of the models that stands in for a name; undefined for a name that no client has built in. */
export declare function chooseStandIn<Model extends {
    info: Pick<ModelInfo, 'id'>;
}>(name: string, models: readonly Model[]): Model | undefined;
export declare function isClaude(name: string): boolean;
