import { resolve } from 'node:path';
import { listCaptureFiles, measureCaptures, readCaptureFile } from '../../recorder/read-captures.ts';
import type { ProviderServices } from '../definition.ts';
import type { Provider } from '../provider.ts';
import { createReplayProvider } from './index.ts';
import { answersIn } from './playlist.ts';

/** @throws Error for a folder that cannot be read or is too large */
export async function openReplay(
  { folder, match, maxCaptureBytes }: { folder: string; match: 'strict' | 'near'; maxCaptureBytes: number },
  services: ProviderServices,
): Promise<Provider> {
  const path = resolve(services.config.baseDir, folder);
  const files = await listCaptureFiles(path);
  const { bytes } = await measureCaptures(path);
  if (bytes > maxCaptureBytes)
    throw new Error(
      `the captures of ${folder} have ${bytes} bytes, more than \`maxCaptureBytes\` (${maxCaptureBytes})`,
    );
  const captures = (await Promise.all(files.map(readCaptureFile))).map(({ capture }) => capture);
  return createReplayProvider(services, {
    answers: captures.flatMap((capture) => answersIn(capture)),
    models: captures.flatMap((capture) => capture.all('model')),
    match,
  });
}
