import type { LoadedConfig } from '../config/load.ts';
import { type RunningServer, type ServerOptions } from './server.ts';
export declare function startServer(loaded: LoadedConfig, options?: ServerOptions): Promise<RunningServer>;
/**
 * SIGHUP comes from an operator who wants a reload, and from a terminal that is closed. The latter ends what was started in it;
 * the files that were the terminal are none any more then.
 * @param isTerminal default: as the system says of a file of the process
 */
export declare function watchTerminal(isTerminal?: (file: number) => boolean): () => boolean;
