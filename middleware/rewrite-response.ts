import { createAnswerHandler } from '../lib/answer/answer-handler.ts';
import type { AnswerContext } from '../lib/apis/api.ts';
import { defineMiddleware, type Exchange, type Request, type Response } from '../lib/chain/middleware.ts';
import { noteQuota } from '../lib/chain/note-quota.ts';
import { headerList, headerText } from '../lib/public-text.ts';

/** Turns the upstream's events into the client's answer: emulations, the plugins' transforms, the client API's encoder. */
export default defineMiddleware({
  name: 'rewrite-response',
  after: ['inject-auth'],
  create(_options, { config, quotas }) {
    const defaults = { reasoningCompat: config.reasoningCompat };

    function writeHeaders(exchange: Exchange, res: Response): void {
      const { timings, ignored, model, api, id } = exchange;
      const nowMs = performance.now();
      timings.firstByteMs = nowMs;
      const waitedMs = (timings.upstreamFirstMs ?? nowMs) - (timings.upstreamSentMs ?? nowMs);
      const elapsedMs = nowMs - timings.receivedMs;
      res.setHeader('openai-processing-ms', String(Math.round(elapsedMs)));
      res.setHeader('openai-version', '2020-10-01');
      res.setHeader('x-opencompat-overhead-ms', (elapsedMs - waitedMs).toFixed(2));
      const effort = model.isEffortLowered ? `-${model.effort}` : '';
      res.setHeader('x-opencompat-model', headerText(`${model.provider.name}/${model.id}${effort}`));
      if (ignored.size > 0) res.setHeader('x-opencompat-ignored', headerList(ignored));
      const told = { ...exchange.toldHeaders, ...api?.answerHeaders?.(id) };
      for (const [name, value] of Object.entries(told)) res.setHeader(name, value);
      exchange.noteHead();
    }

    function toContext({ exchange, headers }: Request): AnswerContext {
      return {
        id: exchange.answerId,
        createdS: Math.floor(Date.now() / 1000),
        model: exchange.model.requested,
        receivedMs: performance.timeOrigin + exchange.timings.receivedMs,
        nowMs: () => performance.timeOrigin + performance.now(),
        request: exchange.request,
        headers,
        defaults,
        ignore: (param) => exchange.ignore(param),
        keep: exchange.keepAnswer,
      };
    }

    return function rewriteResponse(req, res, next) {
      const { exchange } = req;
      const { api } = exchange;
      if (!api) throw new TypeError('rewrite-response belongs to the chain of an API');
      const onHead = () => writeHeaders(exchange, res);
      exchange.openAnswer = () =>
        createAnswerHandler(exchange, res, {
          api,
          context: toContext(req),
          onHead,
          onQuota: (quota) => noteQuota(exchange, quota, quotas),
          limits: config,
        });
      next();
    };
  },
});
