import { Repository } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { expect, test } from "vitest";
import { Service, type LogLine } from "./service.js";

test.each(["/healthz", "/readyz", "/metrics", "/nothing", "/api/docs"])(
  "the time of %s is told from its beginning on",
  async path => {
    let clock = 0;
    const author = () => ({ name: "Server", email: "server@example.org" });
    const platform = { ...nodePlatform, now: () => clock };
    const repo = await Repository.open(new MemoryDrive(), { platform, create: true, author });
    const lines: LogLine[] = [];
    const door = { hosts: undefined, origins: new Set<string>() };
    const service = new Service({ repo, routes: [], door, isPrivate: true, log: line => lines.push(line) });
    const request = new Request(`http://localhost${path}`);
    const { status } = await service.fetch(request);
    clock = 7;
    service.finish(request, status, 0);
    expect(lines).toMatchObject([{ path, status, ms: 7 }]);
  },
);
