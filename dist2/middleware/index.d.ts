/** Every box of the chain by its name. Their order is `lib/chain/default-chain.ts`. */
import type { BoxName } from '../lib/chain/default-chain.ts';
import type { Middleware } from '../lib/chain/middleware.ts';
declare const boxes: Readonly<Record<BoxName, Middleware>>;
export default boxes;
