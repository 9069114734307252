import type { Request, Response } from '../chain/middleware.ts';
import type { Config } from '../config/schema.ts';
import type { Logger } from '../log.ts';
import { WrongKeys } from '../usage/wrong-keys.ts';
import { type Admin, ConsoleSessions, type Session } from './sessions.ts';
/** For people, where there is no admin key yet. */
export declare const howToSignIn = "Run `opencompat console` on the server\u2019s machine: it opens the console by a one-time link. To sign in from elsewhere, put the line that `opencompat hash-key` prints into `adminKeys` (OPENCOMPAT_ADMIN_KEYS).";
/** How a request has proved who sends it. */
export interface Entrant {
    readonly admin: Admin;
    /** Absent: an admin key in the request itself. */
    readonly session?: {
        readonly token: string;
    } & Session;
}
/** What outlives a reload of the configuration. */
export interface AccessState {
    readonly sessions: ConsoleSessions;
    readonly wrongKeys: WrongKeys;
}
export declare function openAccessState({ wrongKeyLimit }: Pick<Config, 'wrongKeyLimit'>): AccessState;
export declare class ConsoleAccess {
    #private;
    constructor(config: Pick<Config, 'adminKeys'>, state: AccessState, log: Pick<Logger, 'info' | 'warn'>);
    /** The ways to sign in that there are. */
    get ways(): ('key' | 'link')[];
    /**
     * Signs in, and sets the cookie.
     * @throws OpenCompatError for a wrong key or link, and after too many of them
     */
    signIn(req: Request, res: Response, { key, ticket }: {
        key?: unknown;
        ticket?: unknown;
    }): Session;
    signOut(req: Request, res: Response, { session, admin }: Entrant): void;
    createTicket(): string;
    /** The session of the request's cookie, if it is still good. */
    sessionOf(req: Request): ({
        token: string;
    } & Session) | undefined;
    /**
     * @throws OpenCompatError when nobody is signed in, when the request comes from another site's page, and when it would change
     * something without the session's token
     * @param key that the request itself presents
     */
    enter(req: Request, key?: string | undefined): Entrant;
}
/**
 * Pages of other origins are kept out here even where the configuration lets them use the APIs. Browsers send a strict cookie to
 * every port of its host, so that `same-site` is a foreign page too.
 * @throws OpenCompatError OC_ORIGIN_NOT_ALLOWED
 */
export declare function checkOrigin({ headers }: Pick<Request, 'headers'>): void;
