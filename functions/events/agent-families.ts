/**
 * The parser's names → ours. A name that is not here is left out of the event: the parser copies some
 * from the agent string, and neither that nor an endless list of values belongs into statistics.
 */
const table = (lines: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(lines).flatMap(([ours, theirs]) =>
      theirs.split(', ').map((name) => [name.toLowerCase(), ours] as const),
    ),
  );

export const browserFamilies = table({
  Chrome: 'Chrome, Chrome WebView, Chromium, Chrome Headless',
  Safari: 'Safari, Mobile Safari, WebKit',
  Firefox: 'Firefox, Firefox Focus, Firefox Reality, Mobile Firefox, Fennec, Klar, Mozilla',
  Edge: 'Edge',
  Opera: 'Opera, Opera Touch, Opera Coast, Opera GX, Opera Tablet, Opera Mobi',
  'Opera Mini': 'Opera Mini, Opera Mini iOS',
  'Samsung Internet': 'Samsung Internet',
  'Internet Explorer': 'IE, IEMobile',
  Brave: 'Brave',
  Vivaldi: 'Vivaldi',
  DuckDuckGo: 'DuckDuckGo',
  Yandex: 'Yandex',
  'UC Browser': 'UCBrowser',
  'QQ Browser': 'QQBrowser, QQBrowserLite',
  '360 Browser': '360 Browser',
  'MIUI Browser': 'MIUI Browser',
  'Huawei Browser': 'huawei Browser, HuaweiBrowser',
  'Vivo Browser': 'vivo Browser',
  'Android Browser': 'Android Browser',
  Silk: 'Silk',
  Whale: 'Whale',
  'Coc Coc': 'Coc Coc',
  Konqueror: 'Konqueror',
  Epiphany: 'Epiphany',
  SeaMonkey: 'SeaMonkey',
  Electron: 'Electron',
  'Google app': 'GSA',
  Facebook: 'Facebook',
  Instagram: 'Instagram',
  TikTok: 'TikTok',
  Snapchat: 'Snapchat',
  LinkedIn: 'LinkedIn',
  X: 'Twitter',
  WeChat: 'WeChat, WeChat(Win) Desktop',
  Line: 'Line',
  KakaoTalk: 'KAKAOTALK',
  Naver: 'Naver',
  Alipay: 'Alipay',
});

export const osFamilies = table({
  Windows: 'Windows',
  macOS: 'Mac OS',
  iOS: 'iOS',
  Android: 'Android, Android-x86',
  Linux:
    'Linux, GNU, Ubuntu, Kubuntu, Xubuntu, Lubuntu, Debian, SUSE, openSUSE, Gentoo, Arch, Slackware, Fedora, CentOS, RedHat, Red Hat, Mint, Manjaro, Raspbian, Deepin',
  'Chrome OS': 'Chromium OS',
  'Windows Phone': 'Windows Phone, Windows Mobile',
  HarmonyOS: 'HarmonyOS',
  Tizen: 'Tizen',
  webOS: 'webOS',
  watchOS: 'watchOS',
  KaiOS: 'KAIOS',
  PlayStation: 'PlayStation',
  Xbox: 'Xbox',
  Nintendo: 'Nintendo',
  FreeBSD: 'FreeBSD',
  OpenBSD: 'OpenBSD',
});

/** Systems whose machines have a keyboard: an agent that names no kind of device is one of those. */
export const desktopSystems: ReadonlySet<string> = new Set([
  'Windows',
  'macOS',
  'Linux',
  'Chrome OS',
  'FreeBSD',
  'OpenBSD',
]);

export const deviceFamilies = table({
  mobile: 'mobile',
  tablet: 'tablet',
  tv: 'smarttv',
  console: 'console',
  wearable: 'wearable',
  embedded: 'embedded',
});
