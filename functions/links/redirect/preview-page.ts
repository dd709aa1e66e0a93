import { escapeHtml, renderPage } from './page.ts';

/** Shows where a link leads. A WHATWG host is in punycode already, so look-alike letters show. */
export const renderPreview = (destination: string): string => {
  const url = new URL(destination);
  const href = escapeHtml(url.href);
  const host = escapeHtml(url.host === '' ? url.protocol : url.host);
  return renderPage(
    'This link leads to',
    `<p><a class="to" href="${href}" rel="noreferrer noopener"><strong>${host}</strong><code>${href}</code></a></p>
<p><small>Follow it only if you trust this address.</small></p>`,
  );
};
