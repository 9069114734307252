import type { ClientApi } from '../apis/api.ts';
import type { RawRequest } from '../providers/provider.ts';
import type { Request } from './middleware.ts';
/** The client's own body, with those of its headers that belong to it. */
export declare function toRawRequest(api: ClientApi, body: unknown, headers: Request['headers']): RawRequest;
