import { describe, expect, it } from 'vitest';
import { isUnfurler } from '../../../functions/edge/unfurlers.ts';

const browser =
  'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36';

describe('isUnfurler', () => {
  it.each([
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'Twitterbot/1.0',
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)',
    'TelegramBot (like TwitterBot)',
    'WhatsApp/2.23.20.0 A',
    'LinkedInBot/1.0 (compatible; Mozilla/5.0)',
    'http.rb/5.1.1 (Mastodon/4.2.0; +https://mastodon.social/)',
  ])('knows %s', (agent) => {
    expect(isUnfurler(agent)).toBe(true);
  });

  it.each([
    '',
    browser,
    `${browser} [FBAN/FBIOS;FBAV/400.0]`,
    `${browser} Line/13.0.0 WhatsApp/2.1`,
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'curl/8.9.1',
  ])('does not take %s for one', (agent) => {
    expect(isUnfurler(agent)).toBe(false);
  });
});
