/** A Sheaf server as typed functions, over nothing but `fetch`. */
export { connect, type Client, type ConnectOptions } from "./connect.js";
export type {
  Answer,
  AnswerOf,
  ArgumentsOf,
  Bytes,
  CallOptions,
  OperationId,
  Operations,
  ServerEvent,
} from "./operation.js";
export {
  Float,
  isSheafError,
  SheafError,
  type ErrorCode,
  type ErrorData,
  type Value,
  type ValueObject,
} from "@sheaf/core";
