import type { Duplex } from 'node:stream';
/** Answers requests that Node cannot parse as HTTP: they never reach Express, and get their error as JSON too. */
export declare function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void;
