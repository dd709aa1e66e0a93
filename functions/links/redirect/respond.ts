import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type AnswerCode, answers } from './answers.ts';
import { escapeHtml, pageHeaders, renderPage } from './page.ts';
import { renderPreview } from './preview-page.ts';
import type { RedirectRequest } from './request.ts';

export type Result = APIGatewayProxyStructuredResultV2;

type Reader = Pick<RedirectRequest, 'method' | 'kind' | 'viewer'>;
type Headers = Readonly<Record<string, string>>;

// Redirects stay out of every cache until CloudFront's log is counted: each one must reach us.
const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** HEAD is answered as GET, without the body. */
export const respond = (
  { method }: Pick<Reader, 'method'>,
  statusCode: number,
  headers: Headers,
  body = '',
): Result => ({
  statusCode,
  headers: { ...always, ...headers },
  ...(method !== 'HEAD' && body !== '' && { body }),
});

export const respondRedirect = (request: Reader, status: number, location: string): Result =>
  respond(request, status, { location });

export const respondPreview = (request: Reader, destination: string): Result =>
  respond(request, 200, pageHeaders, renderPreview(destination));

const problem = (code: AnswerCode, requestId: string): string => {
  const { status, title, detail } = answers[code];
  const type = `urn:hopgate:problem:${code}`;
  const instance = `urn:hopgate:request:${requestId}`;
  return JSON.stringify({ type, title, status, detail, instance, code });
};

const page = (code: AnswerCode, requestId: string): string => {
  const { title, detail } = answers[code];
  return renderPage(
    title,
    `<p>${escapeHtml(detail)}</p>
<p><small>Request <code>${escapeHtml(requestId)}</code></small></p>`,
  );
};

/** Anything but a redirect, in the form that its reader can use: page, plain text or problem+json. */
export const respondAnswer = (request: Reader, code: AnswerCode, headers: Headers = {}): Result => {
  const { status, title } = answers[code];
  const { requestId } = request.viewer;
  switch (request.kind) {
    case 'page':
      return respond(request, status, { ...pageHeaders, ...headers }, page(code, requestId));
    case 'unfurl':
      return respond(
        request,
        status,
        { 'content-type': 'text/plain; charset=utf-8', ...headers },
        `${title}\n`,
      );
    case 'program':
      return respond(
        request,
        status,
        { 'content-type': 'application/problem+json', ...headers },
        problem(code, requestId),
      );
  }
};
