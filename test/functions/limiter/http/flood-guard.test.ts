import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { createFloodGuard } from '../../../../functions/limiter/http/flood-guard.ts';
import { manualClock } from '../../../support/manual-clock.ts';
import { heapMiB } from '../heap.ts';

const setUp = (options: { perMinute?: number; burst?: number; maxKeys?: number } = {}) => {
  const clock = manualClock();
  return { clock, guard: createFloodGuard({ perMinute: 60, burst: 3, clock, ...options }) };
};

describe('createFloodGuard', () => {
  it('admits a burst and then the rate', () => {
    const { clock, guard } = setUp();
    const take = () => guard.take('203.0.113.9');
    for (let i = 0; i < 3; i++) expect(take()).toEqual({ allowed: true, retryAfterSeconds: 0 });
    expect(take()).toEqual({ allowed: false, retryAfterSeconds: 1 });
    clock.advance(500);
    expect(take()).toEqual({ allowed: false, retryAfterSeconds: 1 });
    clock.advance(500);
    expect(take().allowed).toBe(true);
    expect(take().allowed).toBe(false);
  });

  it('admits whoever waits as long as it was told', () => {
    const { clock, guard } = setUp({ perMinute: 7, burst: 1 });
    guard.take('203.0.113.9');
    clock.advance(1);
    clock.advance(guard.take('203.0.113.9').retryAfterSeconds * 1000);
    expect(guard.take('203.0.113.9').allowed).toBe(true);
  });

  it('keeps addresses apart, and the addresses of one /64 together', () => {
    const { guard } = setUp({ burst: 1 });
    expect(guard.take('2001:db8::1').allowed).toBe(true);
    expect(guard.take('2001:db8::2').allowed).toBe(false);
    expect(guard.take('2001:db8:0:1::1').allowed).toBe(true);
    expect(guard.take('::ffff:203.0.113.9').allowed).toBe(true);
    expect(guard.take('203.0.113.9').allowed).toBe(false);
  });

  it('still knows who was refused a while ago when it forgets others', () => {
    const { guard } = setUp({ burst: 1, perMinute: 1, maxKeys: 2 });
    expect(guard.take('10.0.0.1').allowed).toBe(true);
    for (let i = 2; i < 40; i++) {
      guard.take(`10.0.0.${i}`);
      expect(guard.take('10.0.0.1').allowed).toBe(false);
    }
  });

  it('stays bounded under 200,000 addresses', () => {
    const { guard } = setUp({ maxKeys: 5_000 });
    const send = (from: number, to: number) => {
      for (let i = from; i < to; i++) guard.take(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
      return heapMiB();
    };
    const before = send(0, 20_000);
    expect(send(20_000, 200_000)).toBeLessThan(before + 3);
  });

  it.each([{ perMinute: 0 }, { burst: 0 }, { maxKeys: 0 }, { perMinute: Number.NaN }])(
    'refuses %j when it is built',
    (options) => {
      expect(() => setUp(options)).toThrow(RangeError);
    },
  );

  it('costs a bundle that takes it from the index less than 5 KB, and no AWS SDK', async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: "export { createFloodGuard } from './functions/limiter/index.ts';",
        resolveDir: fileURLToPath(new URL('../../../..', import.meta.url)),
      },
      bundle: true,
      minify: true,
      write: false,
      platform: 'node',
      format: 'esm',
    });
    const text = outputFiles[0]?.text ?? '';
    expect(text.length).toBeLessThan(5_000);
    expect(text).not.toMatch(/aws|dynamo/i);
  });
});
