/** A server for tests: a repository in memory behind the app, without a port. */
import { Repository } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { allRoutes, HttpError, makeApp, type Answered, type App, type AppOptions } from "@sheaf/server";

export interface Served {
  readonly app: App;
  readonly repo: Repository;
  /** What was answered, oldest first. */
  readonly told: Answered[];
}

/** Opens one; a token `t` is Ada's, any other is refused, none is let through as Ada's. */
export async function fresh(options: Partial<AppOptions> = {}, drive = new MemoryDrive()): Promise<Served> {
  const repo = await Repository.open(drive, {
    platform: nodePlatform,
    create: true,
    author: () => ({ name: "Server", email: "server@example.org" }),
  });
  const told: Answered[] = [];
  const app = makeApp({
    repo,
    routes: allRoutes,
    admit: async request => {
      const sent = request.headers.get("authorization");
      if (sent !== null && sent !== "Bearer t") throw new HttpError(401, "unauthorized", "this token is not known");
      return { id: "ada", name: "Ada", email: "ada@example.org" };
    },
    requestId: () => `r${told.length + 1}`,
    onAnswer: answered => told.push(answered),
    ...options,
  });
  return { app, repo, told };
}
