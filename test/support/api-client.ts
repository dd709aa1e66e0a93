export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are asserted on, member by member
  readonly json: any;
}

export interface CallOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text already. */
  readonly body?: unknown;
  /** @default true */
  readonly withKey?: boolean;
}

/** Calls a running Hopgate as its users do, never following redirects. */
export const apiClient = ({ url, key }: { readonly url: string; readonly key: string }) => {
  const call = async (
    path: string,
    { method = 'GET', headers = {}, body, withKey = true }: CallOptions = {},
  ): Promise<Answer> => {
    const response = await fetch(new URL(path, url), {
      method,
      redirect: 'manual',
      headers: {
        ...(withKey && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson && text !== '' ? JSON.parse(text) : undefined,
    };
  };
  return {
    call,
    shorten: (body: unknown, headers: Record<string, string> = {}) =>
      call('/v1/links', { method: 'POST', body, headers }),
    /** Follows a link as a person would, without a key. */
    follow: (code: string, headers: Record<string, string> = {}, method = 'GET') =>
      call(`/${code}`, { method, headers: { ...person, ...headers }, withKey: false }),
    stats: (id: string, query = '') => call(`/v1/links/${id}/stats${query}`),
  };
};

export type ApiClient = ReturnType<typeof apiClient>;

/** The headers of a person with a common browser. */
export const person = {
  'user-agent':
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
  accept: 'text/html,application/xhtml+xml',
};
