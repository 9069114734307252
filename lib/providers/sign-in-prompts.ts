/** What a sign-in tells the person who signs in. */
export interface SignInPrompts {
  /** The code of a device sign-in, and where to type it. */
  showCode(device: { userCode: string; verificationUrl: string }, limitMs: number): void;
  /** What became of it. */
  say(text: string): void;
  /** What went wrong without ending it. */
  warn(text: string): void;
}

/** For the person at the terminal. */
export const terminal: SignInPrompts = {
  showCode({ userCode, verificationUrl }, limitMs) {
    console.log(`Open this address in any browser, on any machine, and enter the code:

${verificationUrl}

Code: ${userCode}

Enter it only if you started this sign-in yourself. Waiting for ${Math.round(limitMs / 60_000)} minutes.`);
  },
  say: (text) => console.log(text),
  warn: (text) => console.error(text),
};
