import { Logger } from '@aws-lambda-powertools/logger';

/** Structured JSON to CloudWatch; POWERTOOLS_LOG_LEVEL and POWERTOOLS_SERVICE_NAME steer it. */
export const logger = new Logger();
