/**
 * Warns of permissions that let other users of the machine at the sign-ins. Group permissions are accepted: Kubernetes gives
 * volumes to a group.
 * @param path of the credential file
 * @returns a line for each, for the log
 */
export declare function findLoosePermissions(path: string): Promise<string[]>;
