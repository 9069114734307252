import type { LoadedConfig } from '../config/load.ts';
import type { DeliveryOptions } from '../providers/replay/delivery.ts';
import type { Capture } from '../recorder/capture.ts';
import { type ClientAnswer } from '../recorder/comparable.ts';
/** Why a capture cannot be played. Undefined: it can. */
export declare function whyNotPlayed(capture: Capture): string | undefined;
/** @param loaded the configuration; its providers, keys and folders are left out */
export declare function playCapture(capture: Capture, loaded: LoadedConfig, delivery: DeliveryOptions): Promise<ClientAnswer>;
