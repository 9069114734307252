import type { ServerResponse } from 'node:http';
import type { Exchange } from './middleware.ts';
/** Tells the client in its answer's head which model it is given, and what of its request is left out. */
export declare function tellFacts({ ignored, model }: Pick<Exchange, 'ignored' | 'model'>, res: ServerResponse): void;
