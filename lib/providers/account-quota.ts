import { OpenCompatError } from '../errors.ts';

/**
 * Asks for an account's quota. If the request fails, the result says why; an ended sign-in is thrown as an error.
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
