/** What the SDK for Python hears where it speaks gRPC: Arrow Flight for what is large, and traces of experiments. */
import { joinBytes, utf8 } from "@sheaf/core";
import type { GrpcAnswer } from "../dialect.js";

const noFlight =
  "Sheaf serves no Arrow Flight: take force_http=True, no more than 1000 examples or runs in one request, and pages in place of all=True";
const noTraces = utf8("Sheaf keeps no traces");

/**
 * Traces are taken and let go, which the answer tells (`partial_success.error_message`): refused, each would hold the experiment up and print an error.
 */
export function grpc(path: string): GrpcAnswer | undefined {
  if (path.startsWith("/arrow.flight.protocol.FlightService/")) return { refusal: noFlight };
  if (path === "/opentelemetry.proto.collector.trace.v1.TraceService/Export")
    return { message: field(1, field(2, noTraces)) };
  return undefined;
}

/** A field of a protobuf message that holds so few bytes that their count is one byte. */
function field(number: number, bytes: Uint8Array): Uint8Array {
  return joinBytes([new Uint8Array([number * 8 + 2, bytes.length]), bytes]);
}
