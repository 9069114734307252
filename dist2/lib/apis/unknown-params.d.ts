import type { RequestContext } from './api.ts';
/** Reports the keys of a body that its API does not know to the client. */
export declare function reportUnknown(body: object, known: ReadonlySet<string>, { ignore }: Pick<RequestContext, 'ignore'>): void;
