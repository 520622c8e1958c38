/** What Galileo's SDKs find here: see `compatibility.test.ts`. */
import type { VendorTable } from "./table.js";

const stub = "Rights are those of tokens here: the caller is the one owner, and changes are answered and not kept.";

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
    list_group_dataset_collaborators: { differs: "There are no groups." },
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
    list_log_streams: { differs: "Every project has one that is called `default`." },
    create_log_stream: {},
  },
  missing: [{ what: "`/projects/{project_id}/prompt_datasets…`", why: "deprecated by the vendor" }],
};
