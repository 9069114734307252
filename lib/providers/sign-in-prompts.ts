/** The texts that a sign-in shows at the terminal. */

/** Tells the code of a device sign-in and where to type it. */
export function showCode(
  { userCode, verificationUrl }: { userCode: string; verificationUrl: string },
  limitMs: number,
): void {
  console.log(`Open this address in any browser, on any machine, and enter the code:

${verificationUrl}

Code: ${userCode}

Enter it only if you started this sign-in yourself. Waiting for ${Math.round(limitMs / 60_000)} minutes.`);
}
