/** An answer of SQS that is an error: `name` is the shape's name, as the JSON protocol writes it. */
export class SqsError extends Error {
  override readonly name: string;
  readonly status: number;

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}
