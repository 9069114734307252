/** OpenAI's APIs: what is refused and how, and clients that leave. */
import { type Check } from '../check.ts';
import { type Answer, type Server } from '../server.ts';
/** @throws NotApplicable where the server asks for no key */
export declare function askWithWrongKey(server: Server, path: string, body: object): Promise<Answer>;
/** Leaves a stream at its first bytes, then asks again. */
export declare function leaveAndAsk(server: Server, path: string, body: object): Promise<Answer>;
export declare const refusalChecks: Check[];
