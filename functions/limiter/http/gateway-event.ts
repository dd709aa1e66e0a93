import { addressSubject } from './address.ts';

/** What an event of an HTTP API (payload 2.0 or 1.0) or a REST API tells of its request. */
export interface GatewayEvent {
  /** Payload format; a REST API sends none. */
  readonly version?: string | undefined;
  readonly requestContext: {
    /** A new one each time a client sends its request again. */
    readonly requestId: string;
    readonly http?: { readonly sourceIp: string };
    readonly identity?: { readonly sourceIp: string };
  };
}

/**
 * The address that connected to API Gateway, an IPv6 one by its /64; no client can choose it by a
 * header. Behind CloudFront or another proxy it is the proxy's, shared by strangers: give a key then.
 */
export const sourceIpKey = ({ requestContext: { http, identity } }: GatewayEvent): string =>
  addressSubject(http?.sourceIp ?? identity?.sourceIp ?? '');
