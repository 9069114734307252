import { importOwn } from '../own-modules.ts';
import type { BoxName } from './default-chain.ts';
import type { Middleware } from './middleware.ts';

/** Every box of middleware/, by its name. */
export const importBoxes = (): Promise<Readonly<Record<BoxName, Middleware>>> => importOwn('middleware/index');
