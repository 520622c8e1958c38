/** What Opik's SDKs find here: see `compatibility.test.ts`. */
import type { VendorTable } from "./table.js";

const records = "Kept in the repository, as a dataset below `records/`.";
const low = (name: string) => `api.datasets.${name}`;
const snake = (name: string) => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);

/** Of what only the low-level clients call: its names there. */
const client = (name: string) => [`client.${low(name)}`, `client.rest_client.datasets.${snake(name)}`];

export const opikTable: VendorTable = {
  dialect: "opik",
  title: "Opik (2.0.40, API of 2.1)",
  guide: "opik.md",
  operations: {
    isAlive: { methods: ["(Python, in the background)"] },
    version: {},
    getWorkspaceName: { differs: "Always `default`." },
    checkAccess: { methods: ["client.auth_check"] },
    datasetsRedirect: { methods: ["(links that SDKs print)"], differs: "Leads to the server's own page." },
    findProjects: { differs: "The default project is always there." },
    createProject: { differs: records },
    retrieveProject: { methods: ["client.getDatasets", "client.get_datasets"] },
    getProjectById: { methods: ["client.get_dataset"], differs: records },
    deleteProjectById: { differs: "What was in it stays." },
    createDataset: { methods: ["client.createDataset", "client.create_dataset", "client.createTestSuite"] },
    findDatasets: {
      methods: ["client.getDatasets", "client.get_datasets", "client.getTestSuites"],
      differs:
        "Datasets of other faces, and those without a project, are in `Default Project`. Prompts and optimizations are not kept, so that filters by them find nothing.",
    },
    findDatasetsByProject: {},
    getDatasetByIdentifier: { methods: ["client.getDataset", "client.getOrCreateDataset", "client.get_dataset"] },
    getDatasetById: { methods: ["dataset.dataset_items_count"] },
    updateDataset: { methods: client("updateDataset") },
    deleteDataset: { methods: client("deleteDataset"), differs: "History keeps what was deleted." },
    deleteDatasetByName: { methods: ["client.delete_dataset", "client.deleteTestSuite"] },
    deleteDatasetsBatch: { methods: ["client.deleteDataset"] },
    expandDataset: {
      methods: client("expandDataset"),
      differs: "Asks the endpoint that `llm.url` names; refused (400) where none is configured.",
    },
    createOrUpdateDatasetItems: {
      methods: ["dataset.insert", "dataset.update", "dataset.insertFromJson", "dataset.read_jsonl_from_file"],
      differs:
        "`created_at` of an item stays when it is put again. The first version takes nothing over by `copy_from_…`. A call for a group whose version is not the newest puts its items into the newest version too.",
    },
    streamDatasetItems: {
      methods: ["dataset.getItems", "dataset.get_items", "dataset.clear", "DatasetVersion.getItems"],
      differs: "Lines hold no times: reading them would cost more than the items; `getDatasetItems` has them.",
    },
    getDatasetItems: { methods: client("getDatasetItems"), differs: "At most 10,000 items a page." },
    getDatasetItemById: {
      methods: client("getDatasetItemById"),
      differs: "An item that is gone is looked for in the 200 newest versions.",
    },
    patchDatasetItem: { methods: client("patchDatasetItem") },
    batchUpdateDatasetItems: { methods: ["suite.updateItem", "suite.updateItemAssertions"] },
    deleteDatasetItems: { methods: ["dataset.delete", "dataset.clear"] },
    applyDatasetItemChanges: {
      methods: ["client.createTestSuite", "suite.updateTestSettings", "client.create_test_suite"],
      differs: "`metadata` is kept. Edits of items that are not there are refused (404).",
    },
    createDatasetItemsFromCsv: {
      methods: client("createDatasetItemsFromCsv"),
      differs: "Rows of another length than the header fail.",
    },
    createDatasetItemsFromJson: { methods: client("createDatasetItemsFromJson") },
    createDatasetItemsFromTraces: { methods: client("createDatasetItemsFromTraces") },
    createDatasetItemsFromSpans: { methods: client("createDatasetItemsFromSpans") },
    listDatasetVersions: {
      methods: ["dataset.getVersionInfo", "dataset.getCurrentVersionName", "dataset.get_version_info"],
      differs: "Commits of other faces are versions as well, described by their messages.",
    },
    retrieveDatasetVersion: { methods: ["dataset.getVersionView", "dataset.get_version_view"] },
    updateDatasetVersion: { methods: client("updateDatasetVersion") },
    createVersionTag: { methods: client("createVersionTag"), differs: "A tag is an environment (`sheaf env`)." },
    deleteVersionTag: { methods: client("deleteVersionTag") },
    restoreDatasetVersion: { methods: client("restoreDatasetVersion") },
    compareDatasetVersions: {
      methods: client("compareDatasetVersions"),
      differs: "There is no draft, so nothing differs from it.",
    },
    startDatasetExport: { methods: client("startDatasetExport") },
    getDatasetExportJobs: {
      methods: client("getDatasetExportJobs"),
      differs: "The caller's own, for an hour, until the server ends.",
    },
    getDatasetExportJob: { methods: client("getDatasetExportJob") },
    downloadDatasetExport: { methods: client("downloadDatasetExport") },
    markDatasetExportJobViewed: { methods: client("markDatasetExportJobViewed") },
    findDatasetItemsWithExperimentItems: {
      methods: ["experiment.get_items"],
      differs:
        "Items that are neither in the experiment's version nor in the newest are left out. Of a deleted dataset those are shown that it had when the experiment began.",
    },
    getDatasetExperimentItemsStats: { methods: client("getDatasetExperimentItemsStats") },
    getDatasetItemsOutputColumns: { methods: client("getDatasetItemsOutputColumns") },
    createExperiment: { methods: ["evaluate", "client.create_experiment"], differs: records },
    findExperiments: { methods: ["client.get_dataset_experiments"] },
    getExperimentById: { methods: ["client.get_experiment_by_id"] },
    updateExperiment: { methods: ["client.update_experiment"] },
    deleteExperimentsById: {},
    finishExperiments: { methods: ["evaluate"] },
    streamExperiments: { methods: ["client.get_experiment_by_name"] },
    createExperimentItems: { methods: ["evaluate", "experiment.insert"], differs: records },
    streamExperimentItems: { methods: ["experiment.getItems"] },
    getExperimentItemById: {},
    deleteExperimentItems: {},
    createTraces: { methods: ["evaluate", "client.trace"], differs: records },
    searchTraces: { methods: ["client.searchTraces", "client.search_traces"] },
    searchSpans: { methods: ["client.searchSpans", "client.search_spans"] },
    getTracesByProject: {},
    getSpansByProject: {},
    deleteTraceFeedbackScore: { methods: ["client.delete_trace_feedback_score"] },
    deleteSpanFeedbackScore: { methods: ["client.delete_span_feedback_score"] },
    addTraceComment: { methods: ["(`opik migrate`)"] },
    addSpanComment: { methods: ["(`opik migrate`)"] },
    deleteTraces: {},
    deleteTraceById: {},
    deleteSpanById: {},
    createPrompt: { methods: ["client.createPrompt", "client.create_prompt"], differs: records },
    createPromptVersion: { methods: ["client.createPrompt", "client.create_prompt"], differs: records },
    retrievePromptVersion: { methods: ["client.getPrompt", "client.get_prompt"] },
    getPrompts: { methods: ["client.searchPrompts", "client.search_prompts"] },
    getPromptById: {},
    getPromptVersions: { methods: ["client.get_prompt_history"], differs: "Not filtered, and not searched." },
    deletePromptsBatch: { methods: ["client.deletePrompts"] },
    deletePrompt: {},
    findOptimizations: { methods: ["(`opik migrate`)"], differs: "None are kept." },
    createTrace: {},
    updateTrace: {},
    getTraceById: {},
    scoreBatchOfTraces: { methods: ["evaluate"] },
    createSpans: { methods: ["evaluate", "trace.span"], differs: records },
    createSpan: {},
    updateSpan: {},
    getSpanById: {},
    scoreBatchOfSpans: {},
    storeAssertionsBatch: { methods: ["runTests", "run_tests"] },
  },
  missing: [
    { what: "workspaces", why: "One server, one repository: every `Comet-Workspace` is it." },
    {
      what: "optimizations, threads, attachments, annotation queues, guardrails, prompts' environments and masks",
      why: "Not of datasets.",
    },
  ],
};
