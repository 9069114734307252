/** The command line: its commands, and the handling of their errors. A command's action is imported when it runs. */
import { Command } from 'commander';
import { version } from '../version.ts';
import { registerCheckCommand } from './check.ts';
import { registerConfigCommand } from './config.ts';
import { registerConsoleCommand } from './console.ts';
import { registerDataCommand } from './data.ts';
import { registerDoctorCommand } from './doctor.ts';
import { registerExplainCommand } from './explain.ts';
import { registerHashKeyCommand } from './hash-key.ts';
import { registerHealthCommand } from './health.ts';
import { registerInfoCommand } from './info.ts';
import { registerKeysCommand } from './keys.ts';
import { registerLoginCommand } from './login.ts';
import { registerLogoutCommand } from './logout.ts';
import { registerModelsCommand } from './models.ts';
import { closeConnections } from './open-connections.ts';
import { registerPluginCommand } from './plugin.ts';
import { registerRecordCommand } from './record.ts';
import { registerReloadCommand } from './reload.ts';
import { registerReplayCommand } from './replay.ts';
import { registerSeedCredentialsCommand } from './seed-credentials.ts';
import { registerServeCommand } from './serve.ts';
import { registerShowCommand } from './show.ts';
import { registerTrustCommand } from './trust.ts';
import { registerUsageCommand } from './usage.ts';
import { registerVersionCommand } from './version.ts';

/** In the order in which help lists them. */
const commands: Readonly<Record<string, (program: Command) => void>> = {
  serve: registerServeCommand,
  console: registerConsoleCommand,
  login: registerLoginCommand,
  logout: registerLogoutCommand,
  info: registerInfoCommand,
  models: registerModelsCommand,
  usage: registerUsageCommand,
  config: registerConfigCommand,
  trust: registerTrustCommand,
  keys: registerKeysCommand,
  'hash-key': registerHashKeyCommand,
  plugin: registerPluginCommand,
  doctor: registerDoctorCommand,
  check: registerCheckCommand,
  'seed-credentials': registerSeedCredentialsCommand,
  data: registerDataCommand,
  health: registerHealthCommand,
  explain: registerExplainCommand,
  reload: registerReloadCommand,
  record: registerRecordCommand,
  show: registerShowCommand,
  replay: registerReplayCommand,
  version: registerVersionCommand,
};

/** @param only the name of a command: the others, with their hundreds of options, would cost a start 5 ms. Default: all */
export function createProgram(only?: string): Command {
  const program = new Command('opencompat')
    .description(
      'A ChatGPT plan, a Copilot seat or any OpenAI-compatible server behind the APIs that every tool already speaks.',
    )
    .version(version, '-V, --version', 'print the version')
    .option('-c, --config <file>', 'configuration file (default: your own opencompat.config.yaml, see README.md)')
    .helpOption('-h, --help', 'print help')
    .showSuggestionAfterError();
  program.hook('postAction', closeConnections);
  const named = Object.entries(commands).filter(([name]) => name === only);
  for (const [, register] of named.length > 0 ? named : Object.entries(commands)) register(program);
  return program.helpCommand('help [command]', 'print help of a command');
}

/** Exit status of a configuration that cannot be used. */
const configFaultStatus = 2;

/** @param argv as in `process.argv` */
export async function runCli(argv: readonly string[]): Promise<void> {
  try {
    await createProgram(argv[2]).parseAsync(argv);
  } catch (error) {
    const [text, status] = describeFailure(error);
    process.stderr.write(`${text}\n`, () => process.exit(status));
  }
}

/** Errors whose message is for the person at the terminal. */
const spokenErrors = new Set(['OpenCompatError', 'SignInError', 'CredentialFileError']);

/** Errors that a person can act on are shown as messages; others are faults of the program, and shown with their stack. */
function describeFailure(error: unknown): [text: string, status: number] {
  if (!(error instanceof Error)) return [String(error), 1];
  // By name: the classes themselves are loaded by the commands that throw them.
  if (error.name === 'ConfigError') return [error.message, configFaultStatus];
  if (spokenErrors.has(error.name)) return [error.message, 1];
  return [error.stack ?? error.message, 1];
}
