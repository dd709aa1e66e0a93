import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';

const run = (...args: string[]) => {
  const child = spawn(process.execPath, ['local/dev.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, output }));
  return { child, ended };
};

describe('npm run dev', () => {
  it('explains its flags', async () => {
    const { code, output } = await run('--help').ended;
    expect(code).toBe(0);
    for (const flag of ['--port', '--data', '--memory', '--verbose'])
      expect(output).toContain(flag);
  });

  it.each([
    ['an unknown flag', ['--prot', '1'], /--prot/],
    ['a port that is none', ['--port', 'http'], /--port must be a number/],
    ['--data beside --memory', ['--memory', '--data', 'x'], /--data is of no use/],
  ])('refuses %s', async (_, args, message) => {
    const { code, output } = await run(...args).ended;
    expect(code).toBe(1);
    expect(output).toMatch(message);
  });

  it('says where it is ready, gives a key and commands, and stops cleanly', async () => {
    const { child, ended } = run('--memory', '--port', '0');
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith('count ')) break;
    }
    child.kill('SIGINT');
    // As npm does: what the terminal has sent comes once more.
    child.kill('SIGINT');
    const { code, output } = await ended;
    expect(code).toBe(0);
    const [, url] = /^hopgate ready on (http:\/\/127\.0\.0\.1:\d+)$/m.exec(output) ?? [];
    expect(output).toMatch(/^key +hg_dev_\w+$/m);
    expect(output).toContain(`curl -s ${url}/v1/links -H 'authorization: Bearer hg_dev_`);
  });
});
