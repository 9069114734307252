import { type ServerAddress } from '../server/operator.ts';
/** The server to ask, or why there is none. */
export declare function chooseServer(port: string | undefined): ServerAddress | string;
