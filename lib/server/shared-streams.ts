/** Streams to come back to, where several servers share a Redis: a client may come back to another one. Loaded only there. */
import type { Request, Response } from 'express';
import type { ClientApi } from '../apis/api.ts';
import { keepaliveOf, lossOf } from '../apis/lost-answer.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import { AnswerMirror } from '../kept/answer-mirror.ts';
import type { AnswerScope, ResumableAnswer } from '../kept/resumable-answer.ts';
import { readToken } from '../kept/resumable-answers.ts';
import { findSharedAnswer, SharedAnswer } from '../kept/shared-answers.ts';
import { sendSharedAnswer } from '../kept/shared-reader.ts';
import type { RedisConnection } from '../storage/redis.ts';
import { whenClosed } from '../when-closed.ts';

export interface SharedStreamsOptions {
  redis: RedisConnection;
  /** The one in use now. */
  config(): Pick<Config, 'resumeTimeout' | 'resumeMaxAnswers' | 'upstreamIdleTimeout' | 'keepaliveInterval'>;
}

export interface SharedResumption {
  req: Request;
  res: Response;
  scope: AnswerScope;
  token: string;
  writeHead(contentType: string, id: string): void;
}

/** When to come back while Redis is away, in seconds. */
const retryAfterS = 5;

export class SharedStreams {
  readonly #options: SharedStreamsOptions;
  readonly #mirrors = new Set<AnswerMirror>();
  /** Clients that are sent answers of other servers, by their owner, the oldest first. */
  readonly #readers = new Map<string, Set<Response>>();

  constructor(options: SharedStreamsOptions) {
    this.#options = options;
  }

  /** Has other servers see the answer. */
  mirror(answer: ResumableAnswer): void {
    const { redis, config } = this.#options;
    const shared = new SharedAnswer(redis, answer.scope, answer.id);
    const mirror = new AnswerMirror(answer, shared, config().resumeTimeout * 1000);
    this.#mirrors.add(mirror);
    answer.mirror = {
      note: () => mirror.note(),
      remove: () => {
        this.#mirrors.delete(mirror);
        mirror.remove();
      },
    };
  }

  /**
   * Sends the rest of an answer that another server runs, or has run.
   * @throws OpenCompatError as `ResumableStreams.goOn`, and OC_STORE_AWAY
   */
  async goOn(resumption: SharedResumption): Promise<void> {
    const { req, res, scope, token } = resumption;
    const { id, position } = readToken(token) ?? {};
    if (id === undefined || position === undefined) throw new OpenCompatError('OC_RESUME_UNKNOWN');
    const found = await findSharedAnswer(this.#options.redis, scope, id).catch(throwAway);
    if (!found || (found.count ?? position) < position) throw new OpenCompatError('OC_RESUME_UNKNOWN');
    req.resume();
    this.#letIn(scope.owner, res);
    const { api, signal, id: requestId } = req.exchange;
    const { upstreamIdleTimeout, keepaliveInterval } = this.#options.config();
    const isSent = await sendSharedAnswer({
      answer: found.answer,
      position,
      res,
      writeHead: () => resumption.writeHead(found.contentType, id),
      signal,
      stallMs: upstreamIdleTimeout * 1000,
      keepaliveMs: keepaliveInterval * 1000,
      keepalive: keepaliveOf(api as ClientApi),
      toLoss: (events, reason) => lossOf(api as ClientApi, events, reason, requestId),
    }).catch(throwAway);
    if (!isSent) throw new OpenCompatError('OC_RESUME_GONE');
  }

  /** Resolves when all is in Redis that has come, or cannot get there. */
  async close(): Promise<void> {
    await Promise.all([...this.#mirrors].map((mirror) => mirror.settle()));
    for (const mirror of this.#mirrors) mirror.close();
  }

  /** An owner with more readers than answers has connections whose end nobody has noticed: the oldest goes. */
  #letIn(owner: string, res: Response): void {
    const readers = this.#readers.get(owner) ?? new Set();
    if (readers.size >= this.#options.config().resumeMaxAnswers) [...readers][0]!.destroy();
    this.#readers.set(owner, readers.add(res));
    whenClosed(res, () => {
      readers.delete(res);
      if (readers.size === 0 && this.#readers.get(owner) === readers) this.#readers.delete(owner);
    });
  }
}

function throwAway(): never {
  throw new OpenCompatError('OC_STORE_AWAY', {}, { retryAfterS });
}
