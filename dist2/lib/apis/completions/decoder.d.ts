import type { UpstreamApi } from '../api.ts';
export declare const completionsUpstream: UpstreamApi;
