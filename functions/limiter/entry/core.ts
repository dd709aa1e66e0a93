/** `hopgate/limiter`: all that decides, and nothing that needs AWS. */

export type { Clock } from '../../kernel/clock.ts';
export { systemClock } from '../../kernel/clock.ts';
export type { ErrorCode, FieldError } from '../../kernel/errors.ts';
export { AppError } from '../../kernel/errors.ts';
export type { Receipt } from '../algorithms/arithmetic.ts';
export type { Algorithm, Limit } from '../algorithms/limit.ts';
export type { SubjectState } from '../algorithms/subject-state.ts';
export type { DenyCache } from '../guards/deny-cache.ts';
export { createDenyCache } from '../guards/deny-cache.ts';
export type { Insurance } from '../guards/insurance.ts';
export { createInsurance } from '../guards/insurance.ts';
export type { TimeBudget } from '../guards/store-guard.ts';
export { addressSubject } from '../http/address.ts';
export type { HeaderFormat } from '../http/headers.ts';
export { rateLimitHeaders } from '../http/headers.ts';
export type { LimitProblem } from '../http/problem.ts';
export { problemOf, quotaExceededType } from '../http/problem.ts';
export type {
  Limiter,
  LimiterOptions,
  Reservation,
  Subject,
  TakeOptions,
} from '../limiter.ts';
export { createLimiter } from '../limiter.ts';
export type { CountMetric, LimiterMetric } from '../metric.ts';
export type { BucketInput, LimitInput, Mode, OnFailure, Policy, PolicyInput } from '../policy.ts';
export { definePolicy } from '../policy.ts';
export type {
  ChargeToCommit,
  ChargeToRefund,
  HeldLease,
  ReservedCharge,
  Settlement,
  Settlements,
} from '../settlements.ts';
export type { Charge, LeaseHold, LimitStore, Refund, StoreAnswer } from '../stores/limit-store.ts';
export { StoreThrottled } from '../stores/limit-store.ts';
export { createMemoryLimitStore } from '../stores/memory-limit-store.ts';
export type { Decision, Reason, Verdict } from '../verdict.ts';
