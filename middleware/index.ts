/** Every box of the chain by its name. Their order is `lib/chain/default-chain.ts`. */
import type { BoxName } from '../lib/chain/default-chain.ts';
import type { Middleware } from '../lib/chain/middleware.ts';
import accessLog from './access-log.ts';
import clientAuth from './client-auth.ts';
import cors from './cors.ts';
import hostGuard from './host-guard.ts';
import injectAuth from './inject-auth.ts';
import parseBody from './parse-body.ts';
import proxy from './proxy.ts';
import rateLimit from './rate-limit.ts';
import requestId from './request-id.ts';
import resolveModel from './resolve-model.ts';
import restoreConversation from './restore-conversation.ts';
import restoreThread from './restore-thread.ts';
import rewriteRequest from './rewrite-request.ts';
import rewriteResponse from './rewrite-response.ts';
import securityHeaders from './security-headers.ts';
import validate from './validate.ts';

const boxes: Readonly<Record<BoxName, Middleware>> = {
  'request-id': requestId,
  'access-log': accessLog,
  'security-headers': securityHeaders,
  'host-guard': hostGuard,
  cors,
  'client-auth': clientAuth,
  'rate-limit': rateLimit,
  'parse-body': parseBody,
  validate,
  'restore-conversation': restoreConversation,
  'restore-thread': restoreThread,
  'resolve-model': resolveModel,
  'rewrite-request': rewriteRequest,
  'inject-auth': injectAuth,
  'rewrite-response': rewriteResponse,
  proxy,
};
export default boxes;
