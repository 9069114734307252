import { type Route } from '../lib/server/route.ts';
export declare const startRecording: Route;
export declare const stopRecording: Route;
