import { isbot } from 'isbot';
import UAParser from 'my-ua-parser';
import QuickLRU from 'quick-lru';
import { isUnfurler } from '../edge/unfurlers.ts';
import { browserFamilies, desktopSystems, deviceFamilies, osFamilies } from './agent-families.ts';
import type { Click } from './click.ts';

/** What an agent string says, in a few known words; the string itself goes no further. */
export interface Agent extends Pick<Click, 'device' | 'browser' | 'os'> {
  readonly kind: 'browser' | 'bot' | 'unfurl';
}

const agents = new QuickLRU<string, Agent>({ maxSize: 500 });
const longestAgent = 512;

const family = (families: ReadonlyMap<string, string>, name: string | undefined) =>
  families.get((name ?? '').toLowerCase());

const kindOf = (agent: string): Agent['kind'] => {
  if (isUnfurler(agent)) return 'unfurl';
  return agent === '' || isbot(agent) ? 'bot' : 'browser';
};

const parse = (agent: string): Agent => {
  const kind = kindOf(agent);
  if (agent === '') return { kind };
  const parser = new UAParser(agent);
  const browser = family(browserFamilies, parser.getBrowser().name);
  const os = family(osFamilies, parser.getOS().name);
  const device =
    family(deviceFamilies, parser.getDevice().type) ??
    (kind === 'browser' && os !== undefined && desktopSystems.has(os) ? 'desktop' : undefined);
  return { kind, ...(device && { device }), ...(browser && { browser }), ...(os && { os }) };
};

export const readAgent = (userAgent: string | undefined): Agent => {
  const agent = (userAgent ?? '').trim().slice(0, longestAgent);
  const known = agents.get(agent);
  if (known !== undefined) return known;
  const read = parse(agent);
  agents.set(agent, read);
  return read;
};
