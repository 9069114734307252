import type { UpstreamApi } from '../api.ts';
export declare const chatUpstream: UpstreamApi;
