import type { Channel } from './click.ts';

type Hosts = Readonly<Record<string, string>>;

/** Our name for a service → the domains it sends visitors from, subdomains included. */
const search: Hosts = {
  Google:
    'google.com google.de google.fr google.es google.it google.nl google.pl google.se google.ch google.at google.be google.pt google.cz google.dk google.no google.fi google.ie google.gr google.hu google.ro google.ru google.ca google.cl google.co.uk google.co.in google.co.jp google.co.kr google.co.id google.co.nz google.co.za google.co.th google.com.au google.com.br google.com.mx google.com.ar google.com.co google.com.tr google.com.hk google.com.tw google.com.sg google.com.my google.com.ph google.com.vn google.com.ua google.com.sa google.com.eg google.com.pk com.google.android.googlequicksearchbox',
  Bing: 'bing.com',
  DuckDuckGo: 'duckduckgo.com',
  Yahoo: 'search.yahoo.com yahoo.com search.yahoo.co.jp',
  Yandex: 'yandex.ru yandex.com yandex.kz yandex.by yandex.com.tr ya.ru',
  Baidu: 'baidu.com',
  Ecosia: 'ecosia.org',
  Qwant: 'qwant.com',
  Startpage: 'startpage.com',
  'Brave Search': 'search.brave.com',
  Kagi: 'kagi.com',
  Naver: 'search.naver.com naver.com',
  Seznam: 'seznam.cz',
  Sogou: 'sogou.com',
  Swisscows: 'swisscows.com',
  Mojeek: 'mojeek.com',
  ChatGPT: 'chatgpt.com chat.openai.com',
  Perplexity: 'perplexity.ai',
  Copilot: 'copilot.microsoft.com',
  Gemini: 'gemini.google.com',
  Claude: 'claude.ai',
};

const social: Hosts = {
  Facebook: 'facebook.com fb.com fb.me messenger.com com.facebook.katana',
  Instagram: 'instagram.com com.instagram.android',
  Threads: 'threads.net threads.com',
  X: 'twitter.com x.com t.co com.twitter.android',
  LinkedIn: 'linkedin.com lnkd.in com.linkedin.android',
  Reddit: 'reddit.com redd.it com.reddit.frontpage',
  Pinterest: 'pinterest.com pinterest.de pinterest.fr pinterest.co.uk pin.it',
  Tumblr: 'tumblr.com',
  Snapchat: 'snapchat.com',
  WhatsApp: 'whatsapp.com wa.me',
  Telegram: 'telegram.org t.me org.telegram.messenger',
  Discord: 'discord.com discordapp.com',
  Slack: 'slack.com',
  'Microsoft Teams': 'teams.microsoft.com teams.live.com',
  Mastodon: 'mastodon.social mastodon.online mstdn.social',
  Bluesky: 'bsky.app go.bsky.app',
  VK: 'vk.com vk.ru',
  Weibo: 'weibo.com weibo.cn t.cn',
  WeChat: 'weixin.qq.com',
  Line: 'line.me',
  XING: 'xing.com',
  Quora: 'quora.com',
  'Hacker News': 'news.ycombinator.com',
  Lobsters: 'lobste.rs',
  'Stack Overflow': 'stackoverflow.com',
  GitHub: 'github.com',
  Medium: 'medium.com',
  Nextdoor: 'nextdoor.com',
};

const email: Hosts = {
  Gmail: 'mail.google.com com.google.android.gm',
  Outlook: 'outlook.com outlook.live.com outlook.office.com outlook.office365.com mail.live.com',
  'Yahoo Mail': 'mail.yahoo.com',
  'iCloud Mail': 'icloud.com',
  'Proton Mail': 'mail.proton.me proton.me',
  Fastmail: 'fastmail.com',
  'Zoho Mail': 'mail.zoho.com mail.zoho.eu',
  GMX: 'gmx.net gmx.de gmx.com',
  'WEB.DE': 'web.de',
  'Mail.ru': 'mail.ru',
  AOL: 'mail.aol.com',
};

const video: Hosts = {
  YouTube: 'youtube.com youtu.be com.google.android.youtube',
  Vimeo: 'vimeo.com',
  TikTok: 'tiktok.com com.zhiliaoapp.musically',
  Twitch: 'twitch.tv',
  Dailymotion: 'dailymotion.com',
  Bilibili: 'bilibili.com',
  Rumble: 'rumble.com',
  Netflix: 'netflix.com',
};

const entries = Object.entries({ search, social, email, video }).flatMap(([channel, services]) =>
  Object.entries(services).flatMap(([source, hosts]) =>
    hosts.split(' ').map((host) => [host, [channel as Channel, source]] as const),
  ),
);

/** Domain → channel and source. The longest domain that matches counts. */
export const referrerSources: ReadonlyMap<string, readonly [Channel, string]> = new Map(entries);
