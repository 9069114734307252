/** Opens the credentials, waits for a message, and sends back the access token that a request would get, and the log. */

import { FileCredentialStore } from '../../../lib/auth/credential-store.ts';
import { createChatGptCredentials } from '../../../lib/providers/chatgpt/credentials.ts';
import { createRecordingLog } from '../../support/recording-log.ts';

const [path, chatgptAuthUrl, oauthClientId, user] = process.argv.slice(2) as [string, string, string, string?];
// Only now, as the clone may lie in a folder that nobody else may enter.
if (user) {
  process.setgid!(Number(user));
  process.setuid!(Number(user));
}
const log = createRecordingLog();
const credentials = await createChatGptCredentials({
  store: new FileCredentialStore({ path, log }),
  config: { chatgptAuthUrl, oauthClientId },
  log,
});
process.on('message', async () => {
  const { accessToken } = await credentials.get();
  process.send!({ accessToken: accessToken.reveal(), log: log.lines });
});
process.send!('open');
