import { randomUUID } from 'node:crypto';
import { defineMiddleware } from '../lib/chain/middleware.ts';

/** What may stand in a header and a log line without harm. */
const usableId = /^[\w.:-]{1,128}$/;

/** Gives each exchange its id, the client's own where it sent a usable one, and returns it as `x-request-id`. */
export default defineMiddleware({
  name: 'request-id',
  create() {
    return function requestId(req, res, next) {
      const sent = req.headers['x-request-id'];
      const id = typeof sent === 'string' && usableId.test(sent) ? sent : randomUUID().replaceAll('-', '');
      req.exchange.id = id;
      res.setHeader('x-request-id', id);
      next();
    };
  },
});
