import type { Fault } from '../options/faults.ts';
export declare const folderRules: readonly [{
    readonly code: 'OC_FOLDER_NOT_TRUSTED';
    readonly rule: 'A configuration in the current directory counts once you have said so: `opencompat trust`, or `--config`.';
}, {
    readonly code: 'OC_SIGN_IN_HOST';
    readonly rule: 'A configuration in the current directory may not send a sign-in to another host than its provider’s, nor into a Redis; your own, the environment and a flag may.';
}];
/** The fault of a server start in a folder with an untrusted configuration. */
export declare function notTrustedFault(path: string): Fault;
/** The same for commands that go on without it. */
export declare function notTrustedWarning(path: string): string;
/**
 * Values that would send a sign-in elsewhere.
 * @param values of a file in the current directory
 */
export declare function findForeignHosts(values: Readonly<Record<string, unknown>>): Fault[];
