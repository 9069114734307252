import { randomUUID } from 'node:crypto';
import { defineMiddleware } from '../lib/chain/middleware.ts';

/** Ids that are safe in a header and a log line. */
const usableId = /^[\w.:-]{1,128}$/;

/** Gives each exchange its id, which is the client's own if usable, and returns it as `x-request-id`. */
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
