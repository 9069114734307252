import { importOwn } from '../own-modules.ts';
import type { BoxName } from './default-chain.ts';
import type { Middleware } from './middleware.ts';

/** The box of the chain that middleware/ holds under this name. */
export const importBox = (name: BoxName): Promise<Middleware> => importOwn(`middleware/${name}`);
