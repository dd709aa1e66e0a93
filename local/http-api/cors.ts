import type { OriginRequest, OriginResponse } from './event.ts';

/** `CorsConfiguration` of the template. */
export interface CorsConfiguration {
  readonly AllowCredentials?: boolean;
  readonly AllowHeaders?: readonly string[];
  readonly AllowMethods?: readonly string[];
  readonly AllowOrigins?: readonly string[];
  readonly ExposeHeaders?: readonly string[];
  readonly MaxAge?: number;
}

const isAllowed = (origin: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => pattern === '*' || pattern.toLowerCase() === origin.toLowerCase());

const list = (name: string, values: readonly string[] | undefined): Record<string, string[]> =>
  values && values.length > 0 ? { [name]: [values.join(',')] } : {};

/** Answers preflights and adds what browsers ask for, as the API does before and after functions. */
export const createCors = (configuration: CorsConfiguration | undefined) => {
  const grant = (request: OriginRequest): Record<string, string[]> => {
    const [origin] = request.headers.origin ?? [];
    const { AllowCredentials, AllowOrigins = [], ExposeHeaders } = configuration ?? {};
    if (origin === undefined || !isAllowed(origin, AllowOrigins)) return {};
    const answered = AllowOrigins.includes('*') && AllowCredentials !== true ? '*' : origin;
    return {
      'access-control-allow-origin': [answered],
      ...(AllowCredentials === true && { 'access-control-allow-credentials': ['true'] }),
      ...list('access-control-expose-headers', ExposeHeaders),
    };
  };
  return {
    preflight: (request: OriginRequest): OriginResponse | undefined => {
      const isPreflight =
        request.method === 'OPTIONS' &&
        request.headers.origin !== undefined &&
        request.headers['access-control-request-method'] !== undefined;
      if (configuration === undefined || !isPreflight) return undefined;
      const granted = grant(request);
      if (Object.keys(granted).length === 0) {
        return { status: 204, headers: {}, body: Buffer.alloc(0) };
      }
      const { AllowHeaders, AllowMethods, MaxAge } = configuration;
      const headers = {
        ...granted,
        ...list('access-control-allow-methods', AllowMethods),
        ...list('access-control-allow-headers', AllowHeaders),
        ...(MaxAge !== undefined && { 'access-control-max-age': [String(MaxAge)] }),
      };
      return { status: 204, headers, body: Buffer.alloc(0) };
    },
    /** A function's own CORS headers do not count once the API has some. */
    decorate: (request: OriginRequest, response: OriginResponse): OriginResponse => {
      if (configuration === undefined) return response;
      const own = Object.entries(response.headers).filter(
        ([name]) => !name.startsWith('access-control-'),
      );
      return { ...response, headers: { ...Object.fromEntries(own), ...grant(request) } };
    },
  };
};
