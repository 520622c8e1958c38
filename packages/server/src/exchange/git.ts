/** The git host: `git clone <url>/<repository>.git` reads the projection. Nobody pushes to it. */
import type { Repository } from "@sheaf/core";
import { UploadPack } from "@sheaf/git";
import { nodeGitPlatform, openNodeScratch } from "@sheaf/git/node";
import { stream } from "../answer.js";
import type { Call } from "../call.js";
import { HttpError } from "../problem.js";
import { route, type Route } from "../route.js";
import { t } from "../schema.js";

const tag = "git";
const params = t.Object({ repository: t.String({ description: "the repository's name, with .git" }) });

/** The routes for a repository of this name. */
export function gitRoutes(name: string): readonly Route[] {
  const hosts = new WeakMap<Repository, UploadPack>();
  const hostOf = ({ params: { repository } }: GitCall, repo: Repository) => {
    if (repository !== `${name}.git`)
      throw new HttpError(404, "no-such-repository", `there is no ${repository} here; the repository is ${name}.git`);
    const local = repo.local();
    const host = hosts.get(repo) ?? new UploadPack({ local, git: nodeGitPlatform, openScratch: openNodeScratch });
    hosts.set(repo, host);
    return host;
  };
  return [advertisement(hostOf), negotiation(hostOf)];
}

type GitCall = Call<{ repository: string }>;
/** Throws 404 for a repository of another name. */
type HostOf = (call: GitCall, repo: Repository) => UploadPack;

function advertisement(hostOf: HostOf): Route {
  return route(
    {
      method: "GET",
      path: "/{repository}/info/refs",
      operationId: "gitRefs",
      tag,
      summary: "Tells git the refs, by its smart protocol.",
      scope: "read",
      params,
      query: t.Object({ service: t.Optional(t.String()) }),
      answers: { 200: { description: "the refs", bytes: ["application/x-git-upload-pack-advertisement"] } },
    },
    async (call, repo) => {
      const host = hostOf(call, repo);
      if (call.query.service !== "git-upload-pack")
        throw new HttpError(
          403,
          "refused",
          "git only reads here; push with sheaf, and read with a git that speaks smart HTTP",
        );
      const bytes = await host.advertise(versionOf(call), { signal: call.signal });
      const headers = { "content-type": "application/x-git-upload-pack-advertisement", "cache-control": "no-cache" };
      return new Response(bytes as BodyInit, { headers: { ...headers, "content-length": String(bytes.length) } });
    },
  );
}

function negotiation(hostOf: HostOf): Route {
  return route(
    {
      method: "POST",
      path: "/{repository}/git-upload-pack",
      operationId: "gitUploadPack",
      tag,
      summary: "Gives git a pack of what it lacks.",
      scope: "read",
      params,
      body: { bytes: ["application/x-git-upload-pack-request"] },
      answers: { 200: { description: "git's lines", bytes: ["application/x-git-upload-pack-result"] } },
    },
    async (call, repo) => {
      const answer = hostOf(call, repo).answer(versionOf(call), call.bytes(), { signal: call.signal });
      return stream(answer, "application/x-git-upload-pack-result", { "cache-control": "no-cache" });
    },
  );
}

function versionOf({ request }: Call): 0 | 2 {
  return /(?:^|:)version=2(?:$|:)/.test(request.headers.get("git-protocol") ?? "") ? 2 : 0;
}
