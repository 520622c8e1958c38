/** What Arize's SDKs find here: see `compatibility.test.ts`. */
import type { VendorTable } from "./table.js";

export const arizeTable: VendorTable = {
  dialect: "arize",
  title: "Arize AX v2",
  guide: "arize.md",
  operations: {
    list_spaces: {
      methods: ["listSpaces", "spaces.list"],
      differs:
        "The repository is one space; those that `arize.spaces` names beside it are folders of it. `org_id` is not looked at.",
    },
    get_space: { methods: ["getSpace", "spaces.get"] },
    create_space: {
      methods: ["createSpace", "spaces.create"],
      differs:
        "A folder: datasets that are below its name already are in it from then on. Any `organization_id` will do.",
    },
    update_space: {
      methods: ["updateSpace", "spaces.update"],
      differs: "The spaces of `arize.spaces`, and the repository, keep what the server's configuration says of them.",
    },
    delete_space: {
      methods: ["deleteSpace", "spaces.delete"],
      differs: "Not of the server's own spaces. History keeps the datasets that go with it.",
    },
    list_datasets: { methods: ["listDatasets", "datasets.list"] },
    create_dataset: { methods: ["createDataset", "datasets.create"] },
    get_dataset: { methods: ["getDataset", "datasets.get"] },
    update_dataset: { methods: ["updateDataset", "datasets.update"] },
    delete_dataset: {
      methods: ["deleteDataset", "datasets.delete"],
      differs: "History keeps it: `sheaf undo` brings it back.",
    },
    list_dataset_examples: {
      methods: ["listDatasetExamples", "datasets.list_examples"],
      differs:
        "In the order of the rows, which is that of their coming unless another face moved some. Columns that other faces call `id`, `created_at`, `updated_at` or `annotations` get an `@` in front.",
    },
    search_dataset_examples: { methods: ["datasets.list_examples"], differs: "Takes no `filter`." },
    insert_dataset_examples: { methods: ["appendExamples", "datasets.append_examples"] },
    update_dataset_examples: {
      methods: ["updateExamples", "datasets.update_examples"],
      differs: "History keeps what a version was before it was changed in place.",
    },
    delete_dataset_examples: { methods: ["deleteDatasetExamples", "datasets.delete_examples"] },
    annotate_dataset_examples: {
      methods: ["annotateDatasetExamples", "datasets.annotate_examples"],
      differs: "Takes any name, whether there is an annotation config of it or not. The annotator is who calls.",
    },
    list_experiments: { methods: ["listExperiments", "experiments.list"] },
    create_experiment: {
      methods: ["createExperiment", "experiments.create", "experiments.run"],
      differs:
        "`experiments.run` in Python with `force_http=True`. Whether there are examples of the ids in the runs is not looked at. An experiment is gone for as long as its dataset is.",
    },
    get_experiment: { methods: ["getExperiment", "experiments.get"] },
    delete_experiment: { methods: ["deleteExperiment", "experiments.delete"] },
    list_experiment_runs: {
      methods: ["listExperimentRuns", "experiments.list_runs"],
      differs: "A column `id` that the client had for a run is shown as `@id`.",
    },
    search_experiment_runs: { methods: ["experiments.list_runs"], differs: "Takes no `filter`." },
    insert_experiment_runs: { methods: ["appendExperimentRuns", "experiments.append_runs"] },
    annotate_experiment_runs: { methods: ["annotateExperimentRuns", "experiments.annotate_runs"] },
    list_annotation_configs: { methods: ["listAnnotationConfigs", "annotation_configs.list"] },
    create_annotation_config: {
      methods: [
        "createCategoricalAnnotationConfig",
        "createContinuousAnnotationConfig",
        "createFreeformAnnotationConfig",
        "annotation_configs.create",
        "annotation_configs.create_categorical",
        "annotation_configs.create_continuous",
        "annotation_configs.create_freeform",
      ],
      differs: "Kept, and not held against annotations.",
    },
    get_annotation_config: { methods: ["getAnnotationConfig", "annotation_configs.get"] },
    update_annotation_config: {
      methods: [
        "updateCategoricalAnnotationConfig",
        "updateContinuousAnnotationConfig",
        "updateFreeformAnnotationConfig",
        "annotation_configs.update_categorical",
        "annotation_configs.update_continuous",
        "annotation_configs.update_freeform",
      ],
    },
    delete_annotation_config: { methods: ["deleteAnnotationConfig", "annotation_configs.delete"] },
  },
  missing: [
    {
      what: "Arrow Flight (`list_examples(all=True)`, `export_to_parquet`, large `create` and `experiments.run` without `force_http`)",
      why: "gRPC: refused at once, in words that say what to do; pages over HTTP give the same.",
    },
    { what: "traces of experiments", why: "taken, so that nothing waits, and not kept." },
    { what: "`filter` of examples and runs, tags", why: "need a language, and words, of their own." },
    {
      what: "annotation queues, evaluators, prompts, projects, tasks, organizations, users, roles",
      why: "need more than datasets.",
    },
  ],
};
