import type { BoxName } from './default-chain.ts';
import type { Middleware } from './middleware.ts';
/** Every box of middleware/, by its name. */
export declare const importBoxes: () => Promise<Readonly<Record<BoxName, Middleware>>>;
