import type { UpstreamApi } from '../api.ts';
export declare const responsesUpstream: UpstreamApi;
