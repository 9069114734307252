/**
 * The last boundary around all that runs for a request or a connection: what is thrown there, and caught by nobody, costs
 * that request or connection and nothing else.
 *
 * Code runs for a request in two ways, and each loses the request in its own: listeners of the request's streams and of its
 * socket are called by Node from outside (`watchEvents` puts the scope around them), timers and promises come back with
 * nothing around them (AsyncLocalStorage remembers the scope; `failBehind` is told by the process).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventEmitter } from 'node:events';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Takes what was thrown: the request is answered with an error, the connection is cut. */
type Fail = (error: unknown) => void;

/** What lives longer (a kept-alive connection to an upstream) holds on to its scope, so that the scope lets go of all else. */
interface Scope {
  /** Undefined once the request or the connection has ended. */
  fail: Fail | undefined;
}

export interface ErrorBoundaryOptions {
  /** Logs what was caught. @returns false: it is a plugin's slip, which costs nothing but itself */
  report(error: unknown): boolean;
  /** Answers a request with an error, as far as it still can be. */
  answer(error: unknown, req: IncomingMessage, res: ServerResponse): void;
}

export interface ErrorBoundary {
  /** Puts the boundary around every connection of a server, before anything else listens to it. */
  guardServer(server: Server): void;
  /** Puts it around every request that a listener takes. */
  guardRequests(listener: RequestListener): RequestListener;
  /**
   * Fails the request or the connection whose code has just thrown, in an `uncaughtException` or `unhandledRejection` listener.
   * @returns false when it was none's
   */
  failBehind(error: unknown): boolean;
}

export function createErrorBoundary({ report, answer }: ErrorBoundaryOptions): ErrorBoundary {
  const scopes = new AsyncLocalStorage<Scope>();
  /** What runs now on a connection: a request, or the connection itself. */
  const current = new WeakMap<Socket, Scope>();

  function failIn(scope: Scope, error: unknown): void {
    if (!report(error)) return;
    try {
      scope.fail?.(error);
    } catch (next) {
      report(next);
    }
  }

  /** Undefined when the task has thrown. */
  function runIn<T>(scope: Scope, task: () => T): T | undefined {
    return scopes.run(scope, () => {
      try {
        return task();
      } catch (error) {
        failIn(scope, error);
        return undefined;
      }
    });
  }

  function watchEvents(emitter: EventEmitter, scopeOf: () => Scope): void {
    const { emit } = emitter;
    emitter.emit = (...event) => runIn(scopeOf(), () => emit.apply(emitter, event)) ?? true;
  }

  function guardConnection(socket: Socket): void {
    // A connection that asked for an upgrade and stays HTTP is announced again.
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
