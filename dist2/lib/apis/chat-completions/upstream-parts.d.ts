/** Canonical content → parts of Chat messages as upstreams take them, and the errors for content that they refuse. */
import { OpenCompatError } from '../../errors.ts';
import { type Json } from '../../lenient-json.ts';
/** A single text goes as a string instead of a list: every server takes that. */
export declare function toPlainText(parts: readonly Json[]): unknown;
export declare function listOf(content: unknown, param: string): Json[];
export declare function toParts(content: unknown, param: string): Json[];
export declare function unsupported(param: string, reason: string): OpenCompatError;
export declare function quote(value: unknown): string;
