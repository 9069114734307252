/**
 * The last boundary around all code that runs for a request or a connection: an uncaught error ends that request or connection
 * and nothing else.
 *
 * Code runs for a request in two ways. Node calls the listeners of its streams and its socket from outside: `watchEvents` puts
 * the scope around them. Timers and promises come back on an empty stack: AsyncLocalStorage remembers their scope, and the
 * process passes their errors to `failBehind`.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventEmitter } from 'node:events';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Handles an uncaught error: answers the request with an error, or cuts the connection. */
type Fail = (error: unknown) => void;

/** A kept-alive connection to an upstream may keep a scope alive for long, so a scope drops its request when that has ended. */
interface Scope {
  /** Undefined once the request or the connection has ended. */
  fail: Fail | undefined;
}

export interface ErrorBoundaryOptions {
  /** Logs the error. @returns false for a plugin's error, which ends nothing else */
  report(error: unknown): boolean;
  /** Answers a request with an error, if it can still be answered. */
  answer(error: unknown, req: IncomingMessage, res: ServerResponse): void;
}

export interface ErrorBoundary {
  /** Puts the boundary around every connection of a server, before other listeners see it. */
  guardServer(server: Server): void;
  /** Puts it around every request that a listener takes. */
  guardRequests(listener: RequestListener): RequestListener;
  /**
   * Fails the request or the connection whose code has just thrown, in an `uncaughtException` or `unhandledRejection` listener.
   * @returns false when it was outside every request and connection
   */
  failBehind(error: unknown): boolean;
}

export function createErrorBoundary({ report, answer }: ErrorBoundaryOptions): ErrorBoundary {
  const scopes = new AsyncLocalStorage<Scope>();
  /** The current scope of a connection: its request, or the connection itself. */
  const current = new WeakMap<Socket, Scope>();

  function failIn(scope: Scope, error: unknown): void {
    if (!report(error)) return;
    try {
      scope.fail?.(error);
    } catch (next) {
      report(next);
    }
  }

  /** Undefined if the task threw. */
  function attempt<T>(scope: Scope, task: () => T): T | undefined {
    try {
      return task();
    } catch (error) {
      failIn(scope, error);
      return undefined;
    }
  }

  /** Most tasks come while their scope is the current one, and entering it again would cost more than the task. */
  function runIn<T>(scope: Scope, task: () => T): T | undefined {
    return scopes.getStore() === scope ? attempt(scope, task) : scopes.run(scope, () => attempt(scope, task));
  }

  function watchEvents(emitter: EventEmitter, scopeOf: () => Scope): void {
    const { emit } = emitter;
    emitter.emit = (...event) => runIn(scopeOf(), () => emit.apply(emitter, event)) ?? true;
  }

  function guardConnection(socket: Socket): void {
    // A connection whose upgrade was declined is announced again.
    if (current.has(socket)) return;
    const scope: Scope = { fail: () => socket.destroy() };
    current.set(socket, scope);
    watchEvents(socket, () => current.get(socket) ?? scope);
  }

  return {
    guardServer(server) {
      const nothingToFail: Scope = { fail: undefined };
      watchEvents(server, () => nothingToFail);
      server.prependListener('connection', guardConnection);
    },

    guardRequests: (listener) => (req, res) => {
      const { socket } = req;
      const around = current.get(socket);
      const scope: Scope = {
        fail(error) {
          try {
            answer(error, req, res);
          } catch (next) {
            res.destroy();
            throw next;
          }
        },
      };
      current.set(socket, scope);
      for (const emitter of [req, res]) watchEvents(emitter, () => scope);
      res.once('close', () => {
        scope.fail = undefined;
        if (around && current.get(socket) === scope) current.set(socket, around);
      });
      runIn(scope, () => listener(req, res));
    },

    failBehind(error) {
      const scope = scopes.getStore();
      if (scope) failIn(scope, error);
      return scope !== undefined;
    },
  };
}
