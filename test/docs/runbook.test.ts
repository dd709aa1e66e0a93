import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alarmRules } from '../../lib/alarms.ts';

describe('docs/runbook.md', () => {
  it('has a section for every alarm, and none besides', () => {
    const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
    const sections = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    const linked = Object.values(alarmRules).map((rule) => rule.runbook.split('#')[1]);
    expect(new Set(sections)).toEqual(new Set(linked));
  });
});
