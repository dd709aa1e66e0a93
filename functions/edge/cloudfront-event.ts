/** The parts that we touch of the event that CloudFront hands to a function, runtime 2.0. */
interface EdgeHeader {
  value: string;
}

export type EdgeHeaders = Record<string, EdgeHeader>;

export interface EdgeRequest {
  uri: string;
  method: string;
  headers: EdgeHeaders;
}

export interface EdgeResponse {
  statusCode: number;
  headers: EdgeHeaders;
}

export interface ViewerRequestEvent {
  context: { requestId: string };
  viewer: { ip: string };
  request: EdgeRequest;
}

export interface ViewerResponseEvent {
  response: EdgeResponse;
}
