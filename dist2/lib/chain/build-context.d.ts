import type { BuildContext } from '../providers/provider.ts';
import type { Exchange } from './middleware.ts';
/** The part of an exchange that a provider sees besides the request. */
export declare function buildContextOf(exchange: Exchange): BuildContext;
