/** Log streams: a project's record names those that clients made, beside the one that every project has. */
import type { Platform } from "@sheaf/core";
import { json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { t } from "../../schema.js";
import { changeRecords } from "../catalog/records.js";
import { madeUuid } from "../catalog/uuid.js";
import { notFound } from "./errors.js";
import { uuid } from "./ids.js";
import { paged, pageOf, pageQuery } from "./paging.js";
import { inProject, needProject, projectKind, streamsIn, type Project } from "./projects.js";
import { callerInfo } from "./session.js";
import type { UserInfo } from "./users.js";

const tag = "projects";
const everyProjects = "default";

export const logStreamRoutes = [
  route(
    {
      method: "GET",
      path: "/projects/{project_id}/log_streams",
      operationId: "list_log_streams",
      tag,
      summary: "Lists the log streams of a project; each has one that is called default.",
      scope: "read",
      params: inProject,
      answers: { 200: { description: "a list of LogStreamResponse" } },
    },
    async (call, _, desk) => json(await streamsOf(call, desk)),
  ),
  route(
    {
      method: "GET",
      path: "/projects/{project_id}/log_streams/paginated",
      operationId: "list_log_streams_paginated",
      tag,
      summary: "As list_log_streams, in pages.",
      scope: "read",
      params: inProject,
      query: t.Object(pageQuery),
      answers: { 200: { description: "a ListLogStreamResponse" } },
    },
    async (call, _, desk) => {
      const { part, fields } = paged(await streamsOf(call, desk), pageOf(call.query));
      return json({ ...fields, log_streams: part });
    },
  ),
  route(
    {
      method: "GET",
      path: "/projects/{project_id}/log_streams/{log_stream_id}",
      operationId: "get_log_stream",
      tag,
      summary: "Gives a log stream.",
      scope: "read",
      params: t.Object({ project_id: uuid, log_stream_id: uuid }),
      answers: { 200: { description: "a LogStreamResponse" } },
    },
    async (call, _, desk) => {
      const found = (await streamsOf(call, desk)).find(({ id }) => id === call.params.log_stream_id.toLowerCase());
      if (!found) throw notFound(`the project has no log stream ${call.params.log_stream_id}`);
      return json(found);
    },
  ),
  route(
    {
      method: "POST",
      path: "/projects/{project_id}/log_streams",
      operationId: "create_log_stream",
      tag,
      summary: "Makes a log stream in a project, or gives the one that has this name.",
      scope: "write",
      params: inProject,
      body: { json: t.Object({ name: t.String({ minLength: 1 }) }) },
      answers: { 200: { description: "a LogStreamResponse" } },
    },
    async (call, repo, desk) => {
      const { name } = await call.json();
      const project = await needProject(call, desk, call.params.project_id);
      if (name !== everyProjects)
        await changeRecords(call, desk, projectKind, [project.id], (_, before) => {
          if (!before) throw notFound(`there is no project ${project.id}`);
          const streams = streamsIn(before);
          return streams.includes(name) ? undefined : { ...before, log_streams: [...streams, name] };
        });
      return json(streamJson(repo.local().platform, project, name, await callerInfo(call, repo)));
    },
  ),
] as const;

async function streamsOf(call: Call<{ project_id: string }>, desk: Desk) {
  const project = await needProject(call, desk, call.params.project_id);
  const { repo } = desk;
  const user = await callerInfo(call, repo);
  return [everyProjects, ...project.streams].map(name => streamJson(repo.local().platform, project, name, user));
}

/** The id of the log stream that every project has. */
export function defaultStream(platform: Platform, project: Project): string {
  return streamId(platform, project, everyProjects);
}

function streamId(platform: Platform, { id }: Project, name: string): string {
  return madeUuid(platform, 4, ["galileo log stream", id, name]);
}

function streamJson(platform: Platform, project: Project, name: string, user: UserInfo) {
  return {
    id: streamId(platform, project, name),
    name,
    project_id: project.id,
    created_at: project.created_at,
    updated_at: project.created_at,
    created_by: user.id,
    created_by_user: user,
    num_spans: null,
    num_traces: null,
    has_user_created_sessions: false,
  };
}
