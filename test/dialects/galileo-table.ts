/** What Galileo's SDKs find here: see `compatibility.test.ts`. */
import type { VendorTable } from "./table.js";

const stub = "Kept and shown again; rights are those of tokens, and the caller is always an owner.";

const filtered = "Filters go through all records of the project.";

export const galileoTable: VendorTable = {
  dialect: "galileo",
  title: "Galileo v2",
  guide: "galileo.md",
  operations: {
    create_dataset: {
      methods: ["createDataset", "Datasets.create"],
      differs: "Names are unique; a taken one is 409, or gets ` (1)` where a suffix is asked for.",
    },
    list_datasets: { methods: ["getDatasets", "Datasets.list"] },
    query_datasets: {
      methods: ["getDataset({ name })", "getDatasets({ projectName })", "Datasets.get"],
      differs: "`project_last_used_at` and `last_edited_by_user_at` sort as `updated_at`.",
    },
    count_datasets: {},
    get_dataset: { methods: ["getDataset({ id })", "Datasets.get"] },
    update_dataset: {
      methods: ["Datasets.update"],
      differs: "A column mapping makes a new version; the columns that it does not name go.",
    },
    delete_dataset: { methods: ["deleteDataset", "Datasets.delete"], differs: "The dataset stays in the history." },
    bulk_delete_datasets: {},
    get_dataset_content: {
      methods: ["getDatasetContent", "Dataset.get_content"],
      differs: "What no cell can hold (booleans, lists, deep objects of other faces) is shown as JSON text.",
    },
    update_dataset_content: {
      methods: ["addRowsToDataset", "Dataset.add_rows"],
      differs: "Never 423: writers wait for each other. A request that changes nothing makes no version.",
    },
    upsert_dataset_content: { differs: "Answers the new ETag too." },
    query_dataset_content: { differs: "Answers the ETag too; nothing sorts last." },
    query_dataset_versions: { methods: ["getDatasetVersionHistory", "Dataset.get_version_history"] },
    get_dataset_version_content: { methods: ["getDatasetVersion", "Dataset.load_version"] },
    update_dataset_version: {},
    download_dataset: { differs: "CSV; a JSON list to who accepts that alone, as the generated client does." },
    preview_dataset: {},
    get_dataset_variable_preview: { differs: "Looks at the first 100 rows." },
    extend_dataset_content: {
      methods: ["extendDataset", "Datasets.extend"],
      differs:
        "The model is the one that `llm.url` and `llm.model` of the configuration name, whatever alias is asked for; without one 422.",
    },
    get_dataset_synthetic_extend_status: { methods: ["extendDataset", "Datasets.extend"] },
    list_dataset_projects: { methods: ["listDatasetProjects", "Dataset.list_projects"] },
    list_user_dataset_collaborators: { differs: stub },
    create_user_dataset_collaborators: { differs: stub },
    update_user_dataset_collaborator: { differs: stub },
    delete_user_dataset_collaborator: { differs: stub },
    list_group_dataset_collaborators: { differs: "Known by their ids alone." },
    create_group_dataset_collaborators: { differs: stub },
    update_group_dataset_collaborator: { differs: stub },
    delete_group_dataset_collaborator: { differs: stub },
    healthcheck: { methods: ["(every call)"] },
    login_api_key: {
      methods: ["(every call)"],
      differs: "The access token holds the key, which is a token of the server.",
    },
    login_email: { differs: "The password is a token of the server; the name is not looked at." },
    refresh_token: { differs: "Gives an access token for the same key: keys last until they are revoked." },
    current_user: { methods: ["(every call)"], differs: "The person of the token." },
    get_projects: { methods: ["getProjects", "Projects.list"], differs: "Not paged." },
    create_project: { methods: ["createProject"], differs: "A taken name gives the project that has it." },
    get_project: {},
    get_all_projects: { methods: ["Projects.list"] },
    list_log_streams: { methods: ["getLogStreams"], differs: "Every project has one that is called `default`." },
    list_log_streams_paginated: { methods: ["LogStreams.list", "GalileoLogger"] },
    get_log_stream: { methods: ["getLogStream"] },
    create_log_stream: { methods: ["createLogStream", "GalileoLogger"] },
    log_traces: {
      methods: ["GalileoLogger.flush", "log", "galileo_context.flush", "runExperiment", "run_experiment"],
      differs:
        "Kept as records, which Opik's face sees too; in no session they show their trace's id as the session's.",
    },
    log_spans: {
      methods: ["GalileoLogger (distributed)"],
      differs: "A span may come before its trace.",
    },
    update_trace: { methods: ["GalileoLogger (distributed)"] },
    update_span: { methods: ["GalileoLogger (distributed)"] },
    create_session: { methods: ["GalileoLogger.startSession", "GalileoLogger.start_session"] },
    query_traces: { methods: ["getTraces", "get_traces"], differs: filtered },
    query_spans: { methods: ["getSpans", "get_spans"], differs: filtered },
    query_sessions: { methods: ["getSessions", "get_sessions"], differs: filtered },
    count_traces: {},
    count_spans: {},
    count_sessions: {},
    delete_traces: { differs: "Their spans go with them; all stay in the history." },
    delete_spans: {},
    delete_sessions: { differs: "Their traces stay." },
    export_records: { methods: ["exportRecords", "export_records"], differs: "As lines of JSON; not as CSV." },
    get_trace: { differs: "Spans more than 64 levels deep are not shown." },
    get_span: {},
    get_session: {},
    list_experiments: { methods: ["getExperiments", "get_experiments"], differs: "Not counted: traces and spans." },
    list_experiments_paginated: {},
    create_experiment: {
      methods: ["runExperiment", "run_experiment", "createExperiment"],
      differs: "With a function, which the client runs. An experiment with a prompt is 422; there are no groups by id.",
    },
    get_experiment: { methods: ["getExperiment"] },
    update_experiment: { methods: ["updateExperiment"] },
    delete_experiment: { methods: ["deleteExperiment"], differs: "Its traces stay." },
    get_experiment_tags: { methods: ["get_experiment_tags"] },
    set_tag_for_experiment: { methods: ["runExperiment({ experimentTags })", "upsert_experiment_tag"] },
    delete_experiment_tag: {},
    list_scorers_with_filters: {
      methods: ["runExperiment({ metrics })", "run_experiment(metrics=…)"],
      differs:
        "There are none: metrics are computed by the client (local ones). With `galileo.metrics` set to `accept` every name is one, without a value.",
    },
    upsert_scorers_config: { methods: ["runExperiment({ metrics })", "run_experiment(metrics=…)"] },
    update_scorers_config: {},
    get_scorers_config: {},
  },
  missing: [
    { what: "`/projects/{project_id}/prompt_datasets…`", why: "deprecated by the vendor" },
    {
      what: "prompts, jobs, scorers, `observe` and `evaluate` of the old platform",
      why: "no part of datasets",
    },
  ],
};
