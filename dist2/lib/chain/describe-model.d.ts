/** How the name that a client gave led to the model that is asked: for captures. */
import type { CapturedModel } from '../recorder/capture.ts';
import type { Exchange } from './middleware.ts';
/** Undefined as long as no model is known. */
export declare function describeModel({ resolvedModel, trials }: Exchange): CapturedModel | undefined;
