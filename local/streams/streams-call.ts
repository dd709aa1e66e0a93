/** An action of DynamoDB Streams; throws with what the engine answered. */
export type StreamsCall = (action: string, input: object) => Promise<Record<string, unknown>>;

export const createStreamsCall =
  (endpoint: string): StreamsCall =>
  async (action, input) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDBStreams_20120810.${action}`,
        // The engine wants to see that a request is signed, not by whom.
        'x-amz-date': '20260101T000000Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0',
      },
      body: JSON.stringify(input),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${action}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
