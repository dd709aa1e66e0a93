/** What the distribution serves itself, or may: each with everything behind it. */
const reservedNames: ReadonlySet<string> = new Set([
  'v1',
  'app',
  'health',
  'docs',
  'openapi.json',
  'robots.txt',
  'favicon.ico',
  'sitemap.xml',
  '.well-known',
]);

/** Whether a normalised code is kept for us, in any case of its letters. */
export const isReserved = (code: string): boolean => {
  const [first = ''] = code.toLowerCase().split('/');
  return reservedNames.has(first) || code.startsWith('_') || code.startsWith('~');
};
