import type { CapturedModel } from '../../recorder/capture.ts';
import type { ProviderServices } from '../definition.ts';
import type { Provider } from '../provider.ts';
import { type DeliveryOptions } from './delivery.ts';
import { type RecordedAnswer, type ReplayMatch } from './playlist.ts';
export interface ReplayOptions extends DeliveryOptions {
    readonly answers: readonly RecordedAnswer[];
    /** What was recorded of the models; the provider that answered is the same in all of them. */
    readonly models: readonly CapturedModel[];
    readonly match: ReplayMatch;
}
export declare function createReplayProvider(services: ProviderServices, options: ReplayOptions): Promise<Provider>;
