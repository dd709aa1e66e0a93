/** A route of the HTTP API and where it leads. */
export interface Route {
  /** `GET /v1/links/{id}`, `ANY /v1/{proxy+}` or `$default`. */
  readonly key: string;
  /** ARN of the alias behind the integration. */
  readonly target: string;
  readonly timeoutMs: number;
}

export interface RouteMatch {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

interface ParsedRoute {
  readonly route: Route;
  readonly method: string;
  readonly segments: readonly string[];
  /**
   * Sorts the more specific route first. Documented: a full match before a greedy one
   * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html).
   * Observed by others: exact before parameter, segment by segment, and a method before `ANY`.
   */
  readonly rank: string;
}

const isParameter = (segment: string): boolean => segment.startsWith('{');
const isGreedy = (segment: string): boolean => segment.endsWith('+}');

const rankOf = (segment: string): string => {
  if (!isParameter(segment)) return 'a';
  return isGreedy(segment) ? 'c' : 'b';
};

const parseRoute = (route: Route): ParsedRoute => {
  const [method = '', path = ''] = route.key.split(' ');
  const segments = path.split('/').slice(1);
  const reach = segments.some(isGreedy) ? '2' : '1';
  const rank = reach + segments.map(rankOf).join('') + (method === 'ANY' ? '2' : '1');
  return { route, method, segments, rank };
};

const matchPath = (
  pattern: readonly string[],
  path: readonly string[],
): Record<string, string> | undefined => {
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = path[index];
    if (actual === undefined) return undefined;
    if (isGreedy(expected)) {
      const rest = path.slice(index).join('/');
      if (rest === '') return undefined;
      parameters[expected.slice(1, -2)] = rest;
      return parameters;
    }
    if (isParameter(expected)) {
      if (actual === '') return undefined;
      parameters[expected.slice(1, -1)] = actual;
    } else if (actual !== expected) return undefined;
  }
  return path.length === pattern.length ? parameters : undefined;
};

/** Finds the route that API Gateway would choose for a decoded path. */
export const createRouter = (routes: readonly Route[]) => {
  const fallback = routes.find(({ key }) => key === '$default');
  const parsed = routes
    .filter(({ key }) => key !== '$default')
    .map(parseRoute)
    .sort((left, right) => (left.rank < right.rank ? -1 : 1));
  return (method: string, path: string): RouteMatch | undefined => {
    const segments = path.split('/').slice(1);
    for (const candidate of parsed) {
      if (candidate.method !== 'ANY' && candidate.method !== method) continue;
      const parameters = matchPath(candidate.segments, segments);
      if (parameters) return { route: candidate.route, parameters };
    }
    return fallback && { route: fallback, parameters: {} };
  };
};
