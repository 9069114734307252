import type { Explained } from '../../lib/server/route.ts';
/** To an admin key in any of the headers for keys, and to a session of the console. */
export declare const toAdmins: Explained;
/** To the operator's command, which has the key of the server's run. */
export declare const toOperator: Explained;
