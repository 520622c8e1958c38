/** What tests of the port share: a server with routes of their own, over memory. */
import { connect } from "node:net";
import { Repository } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { datasetRoutes } from "../native/datasets.js";
import { route, type Route } from "../route.js";
import { Service, type LogLine, type ServiceOptions } from "../service.js";
import { listen, type ListenOptions } from "./server.js";

/** A route for a test, open to all. */
export function testRoute(method: "GET" | "POST", path: string, handle: Route["handle"]): Route {
  const spec = {
    method,
    path,
    operationId: path.slice(1),
    tag: "test",
    summary: "",
    scope: "open",
    answers: {},
  } as const;
  return route(spec, handle as never);
}

/** Starts servers that end with their test. */
export const starter =
  (onTestFinished: (end: () => Promise<void>) => void) =>
  async (more: readonly Route[] = [], options: Partial<ListenOptions & ServiceOptions> = {}) => {
    const author = () => ({ name: "Server", email: "server@example.org" });
    const repo = await Repository.open(new MemoryDrive(), { platform: nodePlatform, create: true, author });
    const lines: LogLine[] = [];
    const told: (() => void)[] = [];
    const log = (line: LogLine) => {
      lines.push(line);
      for (const hear of told.splice(0)) hear();
    };
    const door = { hosts: new Set(["127.0.0.1"]), origins: new Set<string>() };
    const service = new Service({ repo, routes: [...datasetRoutes, ...more], door, isPrivate: true, log, ...options });
    const listening = await listen(service, { host: "127.0.0.1", port: 0, ...options });
    onTestFinished(() => listening.stop(0));
    const line = async (number: number) => {
      while (lines.length <= number) await new Promise<void>(hear => told.push(hear));
      return lines[number];
    };
    return { ...listening, repo, service, lines, line };
  };

/** Sends bytes as they are, and gives what comes back until the server closes. */
export function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.setEncoding("latin1").on("data", (chunk: string) => (answer += chunk));
    socket.on("error", reject).on("close", () => resolve(answer));
  });
}

/** A promise, and what resolves it. */
export function gate<T = void>() {
  let open: (value: T) => void = () => undefined;
  const opened = new Promise<T>(resolve => (open = resolve));
  return { opened, open };
}
