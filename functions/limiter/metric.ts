export type LimiterMetric =
  | 'LimiterDenied'
  | 'LimiterDeniedByCache'
  | 'LimiterShadowed'
  | 'LimiterFailedOpen'
  | 'LimiterFailedClosed'
  | 'LimiterInsuranceDenied'
  | 'LimiterNotReturned';

/** Counts one occurrence; `policy` names the policy it is about, `cause` why the store failed. */
export type CountMetric = (metric: LimiterMetric, policy: string, cause?: unknown) => void;
