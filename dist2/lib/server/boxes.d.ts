/** Which boxes of a chain a route takes its requests through. */
import type { RequestHandler } from 'express';
import { type BoxName } from '../chain/default-chain.ts';
import type { ChainBox } from '../chain/pipeline.ts';
import type { Config } from '../config/schema.ts';
import type { Route } from './route.ts';
export declare function throughOf({ through }: Route, config: Config): BoxName | undefined;
export declare function handlersOf(boxes: readonly ChainBox[]): RequestHandler[];
/** @param last undefined: all of the chain */
export declare function boxesThrough(chain: readonly ChainBox[], last: BoxName | undefined): ChainBox[];
export declare function boxesBehind(chain: readonly ChainBox[], last: BoxName | undefined): ChainBox[];
/** The boxes behind an entry that stands in the place of `client-auth`, whatever the configuration has there. */
export declare function boxesBehindEntry(chain: readonly ChainBox[]): ChainBox[];
export declare function isThrough(place: BoxName, last: BoxName | undefined): boolean;
