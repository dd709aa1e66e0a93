export interface ClientOptions {
  /** @default 3 */
  readonly maxAttempts?: number;
  /** @default 3000 */
  readonly requestTimeoutMs?: number;
}

/** The SDK's settings that every client of ours shares: short connects, bounded requests. */
export const clientSettings = ({ maxAttempts = 3, requestTimeoutMs = 3000 }: ClientOptions) => ({
  maxAttempts,
  requestHandler: {
    connectionTimeout: 1000,
    requestTimeout: requestTimeoutMs,
    throwOnRequestTimeout: true,
  },
});
