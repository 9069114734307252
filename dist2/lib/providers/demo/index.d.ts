import type { Provider, UpstreamAnswer, UpstreamRequest } from '../provider.ts';
export interface DemoProviderOptions {
    /** Is the model served now? Asked each time. Default: always. */
    isListed?: () => boolean;
    /** Pause between two pieces of an answer, so that it can be seen to stream. Default 10. */
    delayMs?: number;
}
/** Its answers are streams from the start. */
interface DemoProvider extends Provider {
    answer(request: UpstreamRequest, signal: AbortSignal): UpstreamAnswer;
}
export declare function createDemoProvider({ isListed, delayMs }?: DemoProviderOptions): DemoProvider;
export {};
