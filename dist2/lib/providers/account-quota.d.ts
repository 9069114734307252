/**
 * Asks for an account's quota. If the request fails, the result says why; an ended sign-in is thrown as an error.
 * @throws OpenCompatError OC_SIGN_IN_AGAIN
 */
export declare function tryQuota<T>(fetchQuota: () => Promise<T>): Promise<{
    value?: T;
    quotaError?: string;
}>;
