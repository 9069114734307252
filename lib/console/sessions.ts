/** Who is signed in to the console: sessions and one-time links, in memory alone. Of each secret only the hash is kept. */
import { createHash, randomBytes } from 'node:crypto';

/** Sessions at a time; the oldest makes room. */
export const maxSessions = 32;
/** How long a session lasts, in milliseconds. */
export const sessionMs = 12 * 3_600_000;
/** Links that wait to be opened; the oldest makes room. */
const maxTickets = 16;
/** How long a link waits to be opened, in milliseconds. */
export const ticketMs = 60_000;

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

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
const createText = (): string => randomBytes(32).toString('base64url');

export class ConsoleSessions {
  readonly #now: () => number;
  readonly #sessions = new Map<string, Session>();
  readonly #tickets = new Map<string, number>();

  /** @param now Unix milliseconds */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @returns the text of the cookie */
  open(admin: Admin): { token: string; session: Session } {
    const token = createText();
    const session = { admin, csrf: createText(), expiresAtMs: this.#now() + sessionMs };
    makeRoom(this.#sessions, maxSessions);
    this.#sessions.set(hashOf(token), session);
    return { token, session };
  }

  find(token: string): Session | undefined {
    const key = hashOf(token);
    const session = this.#sessions.get(key);
    if (!session || this.#now() < session.expiresAtMs) return session;
    this.#sessions.delete(key);
    return undefined;
  }

  end(token: string): void {
    this.#sessions.delete(hashOf(token));
  }

  /** A text that opens one session, within a minute. */
  createTicket(): string {
    const ticket = createText();
    makeRoom(this.#tickets, maxTickets);
    this.#tickets.set(hashOf(ticket), this.#now() + ticketMs);
    return ticket;
  }

  /** Is the ticket good? It is not afterwards. */
  takeTicket(ticket: string): boolean {
    const key = hashOf(ticket);
    const endMs = this.#tickets.get(key);
    this.#tickets.delete(key);
    return endMs !== undefined && this.#now() < endMs;
  }
}

function makeRoom(map: Map<string, unknown>, size: number): void {
  if (map.size >= size) map.delete(map.keys().next().value!);
}
