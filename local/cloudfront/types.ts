/** Names in lower case, each with its values in order. */
export type EdgeHeaders = Record<string, string[]>;

export interface EdgeRequest {
  method: string;
  /** Raw, as it came over the wire. */
  path: string;
  /** Raw, without the question mark. */
  query: string;
  headers: EdgeHeaders;
  body: Buffer;
  /** Who connects: the viewer to the edge, the edge to the origin. */
  sourceIp: string;
}

export interface EdgeResponse {
  status: number;
  headers: EdgeHeaders;
  body: Buffer;
}

/** An answer of CloudFront itself: `result` is what X-Cache says. */
export class EdgeRefusal extends Error {
  readonly status: number;
  readonly result: string;

  constructor(status: number, message: string, result = 'Error') {
    super(message);
    this.status = status;
    this.result = result;
  }
}
