import { type StateSource } from './server-state.ts';
/** @param source the server that is asked */
export declare function restoreState(messages: readonly unknown[], source: StateSource): unknown[];
