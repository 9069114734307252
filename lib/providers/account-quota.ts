import { OpenCompatError } from '../errors.ts';

/**
 * Asks for an account's quota. A page of the quota that fails is worth a line of `info`; that nobody is signed in any more
 * is worth an error.
 * @throws OpenCompatError OC_SIGN_IN_AGAIN
 */
export async function tryQuota<T>(fetchQuota: () => Promise<T>): Promise<{ value?: T; quotaError?: string }> {
  try {
    return { value: await fetchQuota() };
  } catch (error) {
    if (error instanceof OpenCompatError && error.code === 'OC_SIGN_IN_AGAIN') throw error;
    return { quotaError: (error as Error).message };
  }
}
