import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { ZodType } from 'zod';
import type { Principal, Scope } from '../identity/index.ts';
import type { KeyLimit } from '../limiter/index.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What the pipeline has learnt of a request before its route runs. */
export interface RequestScope {
  readonly requestId: string;
  /** The viewer's address as CloudFront saw it. */
  readonly clientIp: string;
  /** The host that the viewer asked for, with its port if it has one. */
  readonly host: string;
  principal?: Principal;
  /** Why there is no principal, for the 401. */
  refusal?: string;
  /** Headers that go on every answer, the rate limiter's among them. */
  responseHeaders: Record<string, string>;
}

export type ApiEvent = APIGatewayProxyEventV2 & { scope: RequestScope };

export interface ApiRequest<B = undefined, Q = undefined> {
  readonly requestId: string;
  readonly clientIp: string;
  readonly host: string;
  readonly principal: Principal;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
  readonly body: B;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface ApiResponse {
  readonly status: number;
  /** Serialised as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route<B = unknown, Q = unknown> {
  readonly method: Method;
  /** As API Gateway writes it: `/v1/links/{id}`. */
  readonly path: string;
  /** `public` needs no key. */
  readonly scope: Scope | 'public';
  /** Which of the key's limits a request is charged to. @default requests */
  readonly limit?: KeyLimit;
  /** Strict schema of the JSON body; without one a body is ignored. */
  readonly body?: ZodType<B>;
  /** Strict schema of the query parameters, all of them strings. */
  readonly query?: ZodType<Q>;
  readonly handle: (request: ApiRequest<B, Q>) => Promise<ApiResponse>;
}

/** A route with its body and query types inferred, ready to stand in a list with others. */
export const defineRoute = <B = undefined, Q = undefined>(route: Route<B, Q>): Route =>
  route as unknown as Route;
