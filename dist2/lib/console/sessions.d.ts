/** Sessions at a time; the oldest makes room. */
export declare const maxSessions = 32;
/** How long a session lasts, in milliseconds. */
export declare const sessionMs: number;
/** How long a link waits to be opened, in milliseconds. */
export declare const ticketMs = 60000;
/** Who may use the console. */
export interface Admin {
    /** For the log: the key's name, or `operator` for whoever has opened a one-time link. */
    readonly name: string;
    /** The hash of the admin key; undefined for a one-time link. */
    readonly keyId: string | undefined;
}
export interface Session {
    readonly admin: Admin;
    /** Must stand in the header `x-csrf-token` of what changes something. */
    readonly csrf: string;
    /** Unix milliseconds. */
    readonly expiresAtMs: number;
}
export declare class ConsoleSessions {
    #private;
    /** @param now Unix milliseconds */
    constructor(now?: () => number);
    /** @returns the text of the cookie */
    open(admin: Admin): {
        token: string;
        session: Session;
    };
    find(token: string): Session | undefined;
    end(token: string): void;
    /** A text that opens one session, within a minute. */
    createTicket(): string;
    /** Is the ticket good? It is not afterwards. */
    takeTicket(ticket: string): boolean;
}
