/** Units admitted at a true time, whatever clock the process that admitted them has. */
export interface Admission {
  readonly micros: number;
  readonly units: number;
}

/**
 * The most units beyond W / T in any window W, over all W at once: what a bucket that is stated to
 * admit at most x + W / T admits is at most x.
 */
export const mostBeyondRate = (
  admissions: readonly Admission[],
  intervalMicros: number,
): number => {
  let most = 0;
  let running = 0;
  let before = 0;
  for (const { micros, units } of admissions) {
    running = units + Math.max(running - (micros - before) / intervalMicros, 0);
    before = micros;
    most = Math.max(most, running);
  }
  return most;
};

/** The most units in any half-open window of that length. */
export const mostInWindow = (admissions: readonly Admission[], windowMicros: number): number => {
  let most = 0;
  let sum = 0;
  let from = 0;
  for (const { micros, units } of admissions) {
    sum += units;
    for (let first = admissions[from]; first && first.micros <= micros - windowMicros; ) {
      sum -= first.units;
      first = admissions[++from];
    }
    most = Math.max(most, sum);
  }
  return most;
};

/** The most units under one label. */
export const mostOfLabel = <A extends Admission>(
  admissions: readonly A[],
  labelOf: (admission: A) => number,
): number => {
  const sums = new Map<number, number>();
  for (const admission of admissions) {
    const label = labelOf(admission);
    sums.set(label, (sums.get(label) ?? 0) + admission.units);
  }
  return Math.max(0, ...sums.values());
};
