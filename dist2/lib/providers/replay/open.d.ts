import type { ProviderServices } from '../definition.ts';
import type { Provider } from '../provider.ts';
/** @throws Error for a folder that cannot be read or is too large */
export declare function openReplay({ folder, match, maxCaptureBytes }: {
    folder: string;
    match: 'strict' | 'near';
    maxCaptureBytes: number;
}, services: ProviderServices): Promise<Provider>;
