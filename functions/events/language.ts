/** The language that Accept-Language prefers, as `de`; undefined for `*`, absent or malformed. */
export const preferredLanguage = (acceptLanguage: string | undefined): string | undefined => {
  let best: string | undefined;
  let bestQuality = 0;
  for (const item of (acceptLanguage ?? '').slice(0, 512).split(',')) {
    const match =
      /^\s*([a-z]{2,3})(?:[-_][\w-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*$/i.exec(item);
    const quality = Number(match?.[2] ?? 1);
    if (match?.[1] !== undefined && quality > bestQuality) {
      best = match[1].toLowerCase();
      bestQuality = quality;
    }
  }
  return best;
};
