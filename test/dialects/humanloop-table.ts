/** What Humanloop's SDKs find here: see `compatibility.test.ts`. */
import type { VendorTable } from "./table.js";

export const humanloopTable: VendorTable = {
  dialect: "humanloop",
  title: "Humanloop v5",
  guide: "humanloop.md",
  operations: {
    list__datasets_get: { methods: ["datasets.list"] },
    upsert_datasets_post: {
      methods: ["datasets.upsert"],
      differs:
        "Inputs may hold any JSON. Attributes are part of what makes a version another one. For the older generation (by its SDK, or a `commit_message`) add and remove begin at what is deployed to the default environment.",
    },
    get_datasets__id__get: { methods: ["datasets.get"] },
    delete_datasets__id__delete: {
      methods: ["datasets.delete"],
      differs: "History keeps it: `sheaf undo` brings it back.",
    },
    move_datasets__id__patch: { methods: ["datasets.move"] },
    list_datapoints_datasets__id__datapoints_get: {
      methods: ["datasets.list_datapoints"],
      differs: "A page may be as large as is asked for. Rows that other faces made equal are shown once.",
    },
    upload_csv_datasets__id__datapoints_csv_post: {
      methods: ["datasets.upload_csv"],
      differs: 'A `target` that is no JSON object becomes `{"target": text}`; columns must have names.',
    },
    list_versions_datasets__id__versions_get: {
      methods: ["datasets.list_versions"],
      differs:
        "What other faces, merges and pulls changed are versions too. `status=deleted` lists those that were deleted.",
    },
    delete_dataset_version_datasets__id__versions__version_id__delete: {
      methods: ["datasets.delete_dataset_version"],
      differs: "History keeps it. The only version of a dataset cannot be deleted (409).",
    },
    update_dataset_version_datasets__id__versions__version_id__patch: { methods: ["datasets.update_dataset_version"] },
    commit_datasets__id__versions__version_id__commit_post: {
      methods: ["datasets.commit"],
      differs: "The message is the version's description of the current generation. A second commit is refused (422).",
    },
    list_environments_datasets__id__environments_get: {
      methods: ["datasets.list_environments"],
      differs: "Which environments there are says the configuration `humanloop.environments`.",
    },
    set_deployment_datasets__id__environments__environment_id__post: { methods: ["datasets.set_deployment"] },
    remove_deployment_datasets__id__environments__environment_id__delete: { methods: ["datasets.remove_deployment"] },
    list_files_files_get: { methods: ["files.list_files"], differs: "Datasets only." },
    retrieve_by_path_files_retrieve_by_path_post: { methods: ["files.retrieve_by_path"], differs: "Datasets only." },
    list_directories_get: { methods: ["directories.list"] },
    create_directories_post: { methods: ["directories.create"] },
    get_directories__id__get: { methods: ["directories.get"] },
    update_directories__id__patch: { methods: ["directories.update"] },
    delete_directories__id__delete: { methods: ["directories.delete"] },
  },
  missing: [
    {
      what: "prompts, tools, evaluators, flows, agents",
      why: "Sheaf keeps datasets; these answer 404 and say where else to keep them.",
    },
    {
      what: "evaluations, logs and traces",
      why: "They run and watch models; these answer 404 and say what to do instead.",
    },
  ],
};
