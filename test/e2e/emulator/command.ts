import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { deadline } from './report.ts';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Where the venv, the cloud assembly and the logs of a run are. */
export const buildFolder = `${root}.build/emulator`;

/** This machine's environment without anything that could lead to a real account. */
export const baseEnv: NodeJS.ProcessEnv = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS|CDK|MINISTACK|LAMBDA)_/.test(name)),
  ),
  PATH: `${root}node_modules/.bin:${process.env.PATH ?? ''}`,
};

/** Runs a command to its end. @throws Error with the last lines of its output if it fails */
export const runCommand = async (
  command: string,
  args: readonly string[],
  { env = baseEnv, seconds }: { env?: NodeJS.ProcessEnv; seconds: number },
): Promise<string> => {
  const child = spawn(command, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any([deadline, AbortSignal.timeout(seconds * 1000)]),
  });
  const endWithParent = (): boolean => child.kill();
  process.once('exit', endWithParent);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = await new Promise<string>((resolve) => {
    child.once('error', (error) =>
      resolve(error.name === 'AbortError' ? 'too slow' : String(error)),
    );
    child.once('close', (code) => resolve(code === 0 ? '' : `exit code ${code}`));
  });
  process.off('exit', endWithParent);
  if (ended === '') return output;
  const name = [command.split('/').at(-1), ...args].join(' ');
  throw new Error(`${name}: ${ended}\n${output.split('\n').slice(-40).join('\n')}`);
};
