/** A request of every route of every dialect, about one dataset and what a vendor keeps around it: for tests that ask them all. */
import { form, uuid } from "./galileo-client.js";
import { tool, trace as sample } from "./galileo-log.js";
import { uuid7 } from "./opik-client.js";

export const hidden = "safety/jailbreaks";
/** Stands in all that is hidden. */
export const secretWord = "TOPSECRET";
const [trace, span, experiment, tried, item, group] = Array.from({ length: 6 }, uuid7);
const start_time = "2026-01-01T00:00:00Z";

/** Asks as somebody who may do all; gives the body. */
type Ask = (method: string, path: string, body: unknown, status: number) => Promise<never>;

/** Makes what a vendor keeps around the hidden dataset; gives what stands for the names in paths, by how these begin. */
type Filling = (ask: Ask, token: string) => Promise<Readonly<Record<string, Params>>>;

const quoted = encodeURIComponent;

export const fillings: Readonly<Record<string, Filling>> = {
  async opik(ask) {
    const P = "/v1/private";
    const name = `project ${secretWord}`;
    await ask("POST", `${P}/projects`, { name }, 201);
    const { id: projectId }: Params = await ask("POST", `${P}/projects/retrieve`, { name }, 200);
    const items = [{ id: item, source, data: { input: secretWord }, tags: [secretWord] }];
    await ask("PUT", `${P}/datasets/items`, { dataset_name: hidden, items, batch_group_id: uuid7() }, 204);
    await ask("POST", `${P}/traces`, { id: trace, input: secretWord, start_time }, 201);
    await ask("POST", `${P}/spans`, { id: span, trace_id: trace, input: secretWord, start_time }, 201);
    await ask("POST", `${P}/experiments`, { id: experiment, dataset_name: hidden, name: secretWord }, 201);
    const experiment_items = [{ id: tried, experiment_id: experiment, dataset_item_id: item, trace_id: trace }];
    await ask("POST", `${P}/experiments/items`, { experiment_items }, 204);
    const { id }: Params = await ask("POST", `${P}/datasets/retrieve`, { dataset_name: hidden }, 200);
    const { content }: { content: Params[] } = await ask("GET", `${P}/datasets/${id}/versions`, undefined, 200);
    const [{ version_hash: versionHash, id: versionId }] = content;
    await ask("POST", `${P}/datasets/${id}/versions/hash/${versionHash}/tags`, { tag: secretWord }, 204);
    const { id: jobId }: Params = await ask("POST", `${P}/datasets/${id}/export`, undefined, 202);
    return {
      [`${P}/datasets`]: { id, dataset_id: id, itemId: item, versionHash, versionId, tag: secretWord, jobId },
      [`${P}/projects`]: { id: projectId, projectId },
      [`${P}/traces`]: { id: trace },
      [`${P}/spans`]: { id: span },
      [`${P}/experiments`]: { id: experiment },
      [`${P}/experiments/items`]: { id: tried },
    };
  },
  async galileo(ask, token) {
    const { datasets }: { datasets: Params[] } = await ask("POST", "/datasets/query", {}, 200);
    const dataset_id = datasets.find(({ name }) => name === hidden)?.id ?? "";
    await ask("PATCH", `/datasets/${dataset_id}/versions/1`, { name: secretWord }, 200);
    const users = [{ user_email: `${secretWord}@example.org` }];
    const [{ user_id }]: Params[] = await ask("POST", `/datasets/${dataset_id}/users`, users, 200);
    const groups = [{ group_id: group, role: "viewer" }];
    await ask("POST", `/datasets/${dataset_id}/groups`, groups, 200);
    const { id: project_id }: Params = await ask("POST", "/projects", { name: secretWord }, 200);
    const at = `/projects/${project_id}`;
    const made = async (kind: string, body: object) => ((await ask("POST", `${at}/${kind}`, body, 200)) as Params).id;
    const logged = { ...sample, name: secretWord, input: secretWord };
    await ask("POST", `${at}/traces`, { traces: [logged] }, 200);
    const experiment_id = await made("experiments", { name: secretWord });
    const tags = { key: secretWord, value: secretWord };
    return {
      "": { dataset_id, project_id, version_index: "1", user_id, group_id: group, token },
      "/projects": {
        experiment_id,
        trace_id: sample.id,
        span_id: tool.id,
        log_stream_id: await made("log_streams", { name: secretWord }),
        session_id: await made("sessions", { name: secretWord }),
        tag_id: await made(`experiments/${experiment_id}/tags`, tags),
      },
    };
  },
  async humanloop(ask) {
    const { id, version_id }: Params = await ask("POST", "/files/retrieve-by-path", { path: hidden }, 200);
    const [{ id: environment_id }]: Params[] = await ask("GET", `/datasets/${id}/environments`, undefined, 200);
    const datapoints = [{ inputs: { a: secretWord } }, { inputs: { b: secretWord } }];
    await ask("POST", "/datasets", { path: hidden, action: "add", datapoints, version_name: secretWord }, 200);
    const { subdirectories }: { subdirectories: Params[] } = await ask("GET", "/directories/root", undefined, 200);
    return { "": { id, version_id, environment_id }, "/directories": { id: subdirectories[0].id } };
  },
  async arize(ask) {
    const { datasets }: { datasets: Params[] } = await ask("GET", "/v2/datasets", undefined, 200);
    const { id: dataset_id, space_id } = datasets.find(({ name }) => name === hidden) ?? datasets[0];
    const { versions }: { versions: Params[] } = await ask("GET", `/v2/datasets/${quoted(dataset_id)}`, undefined, 200);
    const experiment_runs = [{ example_id: "h1", output: secretWord }];
    const begun = { name: secretWord, dataset_id, experiment_runs };
    const { id }: Params = await ask("POST", "/v2/experiments", begun, 201);
    const config = { name: secretWord, space_id, annotation_config_type: "FREEFORM" };
    await ask("POST", "/v2/spaces", { name: secretWord, organization_id: "o", description: secretWord }, 201);
    const { id: annotation_config_id }: Params = await ask("POST", "/v2/annotation-configs", config, 201);
    const { run_ids }: { run_ids: string[] } = await ask(
      "POST",
      `/v2/experiments/${quoted(id)}/runs`,
      { experiment_runs },
      201,
    );
    return {
      "": { dataset_id, space_id, experiment_id: id, version: versions[0].id, runId: run_ids[0], annotation_config_id },
    };
  },
};

export type Params = Readonly<Record<string, string>>;
type Draft = (params: Params) => { readonly body?: unknown; readonly query?: string };

const rows = '{"input":"x"}\n';
const enrichment_options = { includeSpans: false };
const source = "sdk";
const mapping = { input: ["input"] };
const settings = { model_alias: "m" };

/** What goes with a route's path; nothing where it is not named. */
export const requests: Readonly<Record<string, Readonly<Record<string, Draft>>>> = {
  opik: {
    datasetsRedirect: () => ({ query: `?dataset_id=${trace}` }),
    createProject: () => ({ body: { name: "new" } }),
    retrieveProject: () => ({ body: { name: `project ${secretWord}` } }),
    createDatasetItemsFromCsv: ({ id }) => ({ body: form({ dataset_id: id }, "input\nx\n", "a.csv") }),
    createDatasetItemsFromJson: ({ id }) => ({ body: form({ dataset_id: id, format: "jsonl" }, rows, "a.jsonl") }),
    createOrUpdateDatasetItems: () => ({
      body: { dataset_name: hidden, items: [{ id: item, source, data: { a: 1 } }] },
    }),
    streamDatasetItems: () => ({ body: { dataset_name: hidden } }),
    deleteDatasetItems: () => ({ body: { item_ids: [item] } }),
    batchUpdateDatasetItems: () => ({ body: { ids: [item], update: { description: "new" } } }),
    patchDatasetItem: () => ({ body: { source, data: { a: 1 } } }),
    applyDatasetItemChanges: ({ versionId }) => ({ body: { deleted_ids: [item], base_version: versionId } }),
    findDatasetItemsWithExperimentItems: () => ({ query: `?experiment_ids=["${experiment}"]` }),
    getDatasetExperimentItemsStats: () => ({ query: `?experiment_ids=["${experiment}"]` }),
    getDatasetItemsOutputColumns: () => ({ query: `?experiment_ids=["${experiment}"]` }),
    createDatasetItemsFromTraces: () => ({ body: { trace_ids: [trace], enrichment_options } }),
    createDatasetItemsFromSpans: () => ({ body: { span_ids: [span], enrichment_options } }),
    retrieveDatasetVersion: () => ({ body: { version_name: "v1" } }),
    restoreDatasetVersion: () => ({ body: { version_ref: "v1" } }),
    updateDatasetVersion: () => ({ body: { change_description: "new" } }),
    createVersionTag: () => ({ body: { tag: "new" } }),
    expandDataset: () => ({ body: { model: "m", sample_count: 1 } }),
    findDatasets: () => ({ query: "?size=100" }),
    createDataset: () => ({ body: { name: "new" } }),
    getDatasetByIdentifier: () => ({ body: { dataset_name: hidden } }),
    deleteDatasetByName: () => ({ body: { dataset_name: hidden } }),
    deleteDatasetsBatch: ({ id }) => ({ body: { ids: [id] } }),
    updateDataset: () => ({ body: { name: "new 2" } }),
    createTraces: () => ({ body: { traces: [{ id: trace, input: 1, start_time }] } }),
    createSpans: () => ({ body: { spans: [{ id: span, trace_id: trace, start_time }] } }),
    createTrace: () => ({ body: { id: trace, start_time } }),
    createSpan: () => ({ body: { id: span, trace_id: trace, start_time } }),
    scoreBatchOfTraces: () => ({ body: { scores: [{ id: trace, name: "s", value: 1, source }] } }),
    scoreBatchOfSpans: () => ({ body: { scores: [{ id: span, name: "s", value: 1, source }] } }),
    updateTrace: () => ({ body: { trace_id: trace, output: 1 } }),
    updateSpan: () => ({ body: { trace_id: trace, output: 1 } }),
    storeAssertionsBatch: () => ({
      body: { entity_type: "TRACE", assertion_results: [{ entity_id: trace, name: "a", status: "passed", source }] },
    }),
    createExperiment: () => ({ body: { dataset_name: hidden, name: "new" } }),
    streamExperiments: () => ({ body: { name: secretWord } }),
    createExperimentItems: () => ({
      body: { experiment_items: [{ experiment_id: experiment, dataset_item_id: item, trace_id: trace }] },
    }),
    streamExperimentItems: () => ({ body: { experiment_name: secretWord } }),
    deleteExperimentItems: () => ({ body: { ids: [tried] } }),
    deleteExperimentsById: () => ({ body: { ids: [experiment] } }),
    finishExperiments: () => ({ body: { ids: [experiment] } }),
    updateExperiment: () => ({ body: { name: "new" } }),
  },
  galileo: {
    login_api_key: ({ token }) => ({ body: { api_key: token } }),
    login_email: ({ token }) => ({
      body: new URLSearchParams({ username: "a@b.c", password: token }).toString(),
    }),
    create_project: () => ({ body: { name: "new project" } }),
    create_log_stream: () => ({ body: { name: "new stream" } }),
    create_dataset: ({ dataset_id: id }) => ({ body: form({ name: "new copy", copy_from_dataset_id: id }) }),
    extend_dataset_content: ({ dataset_id: id }) => ({
      body: { prompt_settings: settings, dataset_id: id, examples: [], count: 1, data_types: ["Prompt Injection"] },
    }),
    query_datasets: () => ({ body: {} }),
    count_datasets: () => ({ body: {} }),
    bulk_delete_datasets: ({ dataset_id: id }) => ({ body: { dataset_ids: [id] } }),
    update_dataset: () => ({ body: { name: "new 3" } }),
    update_dataset_content: () => ({ body: { edits: [{ edit_type: "append_row", values: { input: "x" } }] } }),
    upsert_dataset_content: () => ({ body: { rollback_version: 1 } }),
    query_dataset_content: () => ({ body: {} }),
    query_dataset_versions: () => ({ body: {} }),
    update_dataset_version: () => ({ body: { name: "new name" } }),
    preview_dataset: () => ({ body: { column_mapping: mapping } }),
    get_dataset_variable_preview: () => ({ query: "?max_rows=10" }),
    create_user_dataset_collaborators: () => ({ body: [{ user_email: "new@example.org" }] }),
    update_user_dataset_collaborator: () => ({ body: { role: "editor" } }),
    create_group_dataset_collaborators: ({ group_id }) => ({ body: [{ group_id, role: "viewer" }] }),
    update_group_dataset_collaborator: () => ({ body: { role: "editor" } }),
    log_traces: () => ({ body: { traces: [{ ...sample, id: uuid(11), spans: [] }] } }),
    log_spans: ({ trace_id }) => ({ body: { trace_id, parent_id: trace_id, spans: [{ ...tool, id: uuid(14) }] } }),
    update_trace: () => ({ body: { output: "new" } }),
    update_span: () => ({ body: { output: "new" } }),
    create_session: () => ({ body: { name: "new session" } }),
    ...Object.fromEntries(
      ["query", "count", "delete"].flatMap(verb =>
        ["traces", "spans", "sessions"].map(kind => [`${verb}_${kind}`, () => ({ body: {} })]),
      ),
    ),
    create_experiment: () => ({ body: { name: "new experiment" } }),
    update_experiment: () => ({ body: { name: "new name" } }),
    list_scorers_with_filters: () => ({ body: {} }),
    set_tag_for_experiment: () => ({ body: { key: "new", value: "x" } }),
  },
  humanloop: {
    upsert_datasets_post: () => ({ body: { path: hidden, action: "add", datapoints: [{ inputs: { a: "b" } }] } }),
    get_datasets__id__get: () => ({ query: "?include_datapoints=true" }),
    move_datasets__id__patch: () => ({ body: { path: "new/place" } }),
    upload_csv_datasets__id__datapoints_csv_post: () => ({ body: form({}, "input\nx\n", "a.csv") }),
    update_dataset_version_datasets__id__versions__version_id__patch: () => ({ body: { name: "new" } }),
    commit_datasets__id__versions__version_id__commit_post: () => ({ body: { commit_message: "new" } }),
    set_deployment_datasets__id__environments__environment_id__post: ({ version_id: id }) => ({
      query: `?version_id=${id}`,
    }),
    retrieve_by_path_files_retrieve_by_path_post: () => ({ body: { path: hidden } }),
    create_directories_post: () => ({ body: { path: "new dir" } }),
    update_directories__id__patch: () => ({ body: { path: "new out" } }),
  },
  arize: {
    create_dataset: ({ space_id }) => ({ body: { name: "new set", space_id, examples: [{ a: 1 }] } }),
    update_dataset: () => ({ body: { name: "new name" } }),
    insert_dataset_examples: () => ({ body: { examples: [{ a: 1 }] } }),
    update_dataset_examples: () => ({ body: { examples: [{ id: "h1", a: 1 }] } }),
    delete_dataset_examples: ({ version }) => ({ body: { dataset_version_id: version, example_ids: ["h1"] } }),
    annotate_dataset_examples: () => ({
      body: { annotations: [{ record_id: "h1", values: [{ name: "a", score: 1 }] }] },
    }),
    create_experiment: ({ dataset_id }) => ({
      body: { name: "new", dataset_id, experiment_runs: [{ example_id: "h1", output: "x" }] },
    }),
    search_dataset_examples: () => ({ body: {} }),
    search_experiment_runs: () => ({ body: {} }),
    create_annotation_config: ({ space_id }) => ({
      body: { name: "new config", space_id, annotation_config_type: "FREEFORM" },
    }),
    update_annotation_config: () => ({ body: { annotation_config_type: "FREEFORM", name: "newer" } }),
    insert_experiment_runs: () => ({ body: { experiment_runs: [{ example_id: "h1", output: "x" }] } }),
    annotate_experiment_runs: ({ runId }) => ({
      body: { annotations: [{ record_id: runId, values: [{ name: "a", score: 1 }] }] },
    }),
  },
};
