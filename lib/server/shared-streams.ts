/** Streams to come back to, where several servers share a Redis: a client may come back to another one. Loaded only there. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, Response } from 'express';
import type { ClientApi } from '../apis/api.ts';
import { keepaliveOf, lossOf } from '../apis/lost-answer.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import { AnswerMirror, beatIntervalMs } from '../kept/answer-mirror.ts';
import type { AnswerScope, ResumableAnswer } from '../kept/resumable-answer.ts';
import { readToken } from '../kept/resumable-answers.ts';
import { findSharedAnswer, SharedAnswer } from '../kept/shared-answers.ts';
import { lossReasons, type SharedReaderOptions, sendSharedAnswer } from '../kept/shared-reader.ts';
import type { RedisConnection } from '../storage/redis.ts';

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

/** An answer of another server, to be sent to a client that was let in. */
type SharedSend = Pick<SharedReaderOptions, 'answer' | 'position' | 'writeHead' | 'toLoss'> & {
  req: Request;
  res: Response;
  owner: string;
};

/** After a time without Redis, or a long pause, a server that lives has told so again by then, in milliseconds. */
const lifeLookMs = 2.5 * beatIntervalMs;
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

  /**
   * Has other servers see the answer.
   * @param id under which they find it
   * @param onCancel as of `AnswerMirror`
   */
  mirror(answer: ResumableAnswer, id = answer.id, onCancel?: () => void): void {
    const { redis, config } = this.#options;
    const shared = new SharedAnswer(redis, answer.scope, id);
    const mirror = new AnswerMirror(answer, shared, config().resumeTimeout * 1000, onCancel);
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
    const found = await this.find(scope, id);
    if (!found || (found.count ?? position) < position) throw new OpenCompatError('OC_RESUME_UNKNOWN');
    req.resume();
    const { api, id: requestId } = req.exchange;
    await this.send({
      req,
      res,
      owner: scope.owner,
      answer: found.answer,
      position,
      writeHead: () => resumption.writeHead(found.contentType, id),
      toLoss: (events, loss) => lossOf(api as ClientApi, events, lossReasons[loss], requestId),
    });
  }

  /**
   * Sends what another server runs, or has run, from a position on.
   * @throws OpenCompatError OC_RESUME_GONE where that is not kept any more, OC_STORE_AWAY
   */
  async send({ req, res, owner, ...sent }: SharedSend): Promise<void> {
    const leave = this.#letIn(owner, res);
    const { api, signal } = req.exchange;
    const { upstreamIdleTimeout, keepaliveInterval } = this.#options.config();
    const isSent = await sendSharedAnswer({
      ...sent,
      res,
      signal,
      stallMs: upstreamIdleTimeout * 1000,
      keepaliveMs: keepaliveInterval * 1000,
      keepalive: keepaliveOf(api as ClientApi),
    })
      .catch(throwAway)
      .finally(leave);
    if (!isSent) throw new OpenCompatError('OC_RESUME_GONE');
  }

  /** @returns undefined for what no server keeps @throws OpenCompatError OC_STORE_AWAY */
  find(scope: AnswerScope, id: string): ReturnType<typeof findSharedAnswer> {
    return findSharedAnswer(this.#options.redis, scope, id).catch(throwAway);
  }

  /** Is the answer run by a server that lives? @throws OpenCompatError OC_STORE_AWAY */
  async isRun(scope: AnswerScope, id: string): Promise<boolean> {
    const answer = new SharedAnswer(this.#options.redis, scope, id);
    const isAlive = async () => (await answer.look().catch(throwAway)).isAlive;
    return (await isAlive()) || (await sleep(lifeLookMs).then(isAlive));
  }

  /** Asks the server that runs the answer to stop it. @throws OpenCompatError OC_STORE_AWAY */
  async cancel(scope: AnswerScope, id: string): Promise<void> {
    await new SharedAnswer(this.#options.redis, scope, id).cancel().catch(throwAway);
  }

  /** Resolves when all is in Redis that has come, or cannot get there. */
  async close(): Promise<void> {
    await Promise.all([...this.#mirrors].map((mirror) => mirror.settle()));
    for (const mirror of this.#mirrors) mirror.close();
  }

  /**
   * An owner with more readers than answers has connections whose end nobody has noticed: the oldest goes.
   * @returns what is to be called when the client has been sent all, or has left
   */
  #letIn(owner: string, res: Response): () => void {
    const readers = this.#readers.get(owner) ?? new Set();
    const leave = (reader: Response) => {
      readers.delete(reader);
      if (readers.size === 0 && this.#readers.get(owner) === readers) this.#readers.delete(owner);
    };
    if (readers.size >= this.#options.config().resumeMaxAnswers) {
      const [oldest] = readers as Set<Response>;
      oldest!.destroy();
      leave(oldest!);
    }
    this.#readers.set(owner, readers.add(res));
    return () => leave(res);
  }
}

function throwAway(): never {
  throw new OpenCompatError('OC_STORE_AWAY', {}, { retryAfterS });
}
