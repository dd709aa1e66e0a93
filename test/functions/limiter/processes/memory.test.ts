import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const keys = 1_000_000;
const mostMiB = 64;

describe('createLimiter', () => {
  it('keeps its caches within 64 MiB under a million keys, half of them denied', async () => {
    const script = fileURLToPath(new URL('memory.ts', import.meta.url));
    const child = fork(script, [String(keys)], { execArgv: ['--expose-gc'] });
    const [{ grown, denied }] = (await once(child, 'message')) as [
      { grown: number[]; denied: number },
    ];
    await once(child, 'exit');
    expect(denied).toBeGreaterThan(0.3 * keys);
    expect(denied).toBeLessThan(0.7 * keys);
    expect(Math.max(...grown)).toBeLessThan(mostMiB);
    // Full after a few tenths, and no larger since.
    expect(grown.at(-1)).toBeLessThan((grown[4] ?? 0) + 8);
  }, 120_000);
});
