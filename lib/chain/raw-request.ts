import type { ClientApi } from '../apis/api.ts';
import type { RawRequest } from '../providers/provider.ts';
import type { Request } from './middleware.ts';

/** The client's own body, with those of its headers that belong to it. */
export function toRawRequest(api: ClientApi, body: unknown, headers: Request['headers']): RawRequest {
  const named = api.isBodyHeader ? Object.entries(headers).filter(([name]) => api.isBodyHeader!(name)) : [];
  const given = named.filter((header): header is [string, string] => typeof header[1] === 'string');
  return {
    api: api.name,
    body: body as RawRequest['body'],
    ...(given.length > 0 && { headers: Object.fromEntries(given) }),
  };
}
