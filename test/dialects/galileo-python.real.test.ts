/** The official Python SDK of Galileo, unchanged, against a server over real HTTP: a whole walk, and what came of it. */
import { expect, test } from "vitest";
import { findings } from "../sync/town.js";
import { expectExercised } from "./exercise.js";
import { content, create, edit } from "./galileo-client.js";
import { pythonSdk } from "./sdks.js";
import { Town } from "./town.js";

const python = pythonSdk("galileo==2.7.0");
const minutes = 60_000;
const towns: Town[] = [];

async function run(program: string, prefix: string): Promise<Town> {
  const town = await Town.open();
  const { url, close } = await town.listen();
  const environment = {
    GALILEO_CONSOLE_URL: `${url}${prefix}`,
    // Its URLs are joined as a browser joins links, so that a prefix needs a slash at its end.
    GALILEO_API_URL: `${url}${prefix}`,
    GALILEO_API_KEY: "any key",
  };
  const { status, stdout, stderr } = await python(program, environment);
  await close();
  expect([status, stderr.slice(-4000) + stdout.slice(-2000)]).toEqual([0, expect.stringContaining("all is well")]);
  towns.push(town);
  return town;
}

test(
  "Python: datasets, rows, versions, projects, names, what was logged, experiments",
  async () => {
    await run(walk, "/");
    const town = await run(walk, "/galileo/");
    expect(await findings(town.repo)).toEqual([]);
    const ids: string[] = [];
    for await (const { id } of town.repo.dataset("records/traces").rows()) ids.push(id);
    const id = await create(town, "rows", []);
    expect((await edit(town, id, [{ edit_type: "copy_record_data", ids, prepend: false }])).status).toBe(204);
    const { rows } = await content(town, id);
    expect([rows.length, rows[0].values_dict]).toEqual([6, { input: "2+2?", output: "4", metadata: { user: "u1" } }]);
  },
  5 * minutes,
);

const walk = `
from galileo.datasets import (create_dataset, get_dataset, list_datasets, delete_dataset, Datasets,
    get_dataset_version_history, get_dataset_version, list_dataset_projects)
from galileo.projects import Projects, create_project
from galileo.dataset import Dataset as NewDataset
from galileo import GalileoLogger
from galileo.search import get_traces, get_spans, get_sessions
from galileo.experiments import run_experiment, get_experiments

made = create_dataset(name="py", content=[{"input": "q0", "ground_truth": "a0", "n": 1, "deep": {"a": [1]}}, {"input": "q1"}])
assert made.name == "py" and made.num_rows == 2 and made.current_version_index == 1, made.dataset
assert made.column_names == ["input", "n", "deep", "output"], made.column_names
content = made.get_content()
assert [r.values_dict.additional_properties for r in content.rows] == [
    {"input": "q0", "ground_truth": "a0", "n": 1, "deep": '{"a": [1]}'}, {"input": "q1", "ground_truth": None, "n": None, "deep": None}], content.rows
made.add_rows([{"input": "q2", "ground_truth": "a2"}, {"input": "q3", "extra": 1.0}])
again = get_dataset(name="py", with_content=True) if False else Datasets().get(name="py", with_content=True)
assert again.id == made.id and len(again.content.rows) == 4, again
values = again.content.rows[3].values_dict.additional_properties
assert values["extra"] == 1.0 and type(values["extra"]) is float, values
history = made.get_version_history()
assert [v.version_index for v in history.versions] == [2, 1], history
assert history.versions[0].rows_added == 2 and history.versions[0].columns_added == 1, history
assert len(made.load_version(1).rows) == 2
assert get_dataset_version_history(dataset_name="py").versions[0].num_rows == 4
assert len(get_dataset_version(dataset_name="py", version_index=1).rows) == 2
project = create_project("P")
linked = create_dataset(name="linked", content={"input": ["a", "b"], "output": ["x", "y"]}, project_name="P")
assert [d.name for d in list_datasets(project_name="P")] == ["linked"]
assert [p.name for p in list_dataset_projects(dataset_name="linked")] == ["P"]
assert get_dataset(name="linked", project_name="P").id == linked.id
renamed = Datasets().update(made.id, name="renamed")
assert renamed.name == "renamed" and renamed.id == made.id
assert sorted(d.name for d in list_datasets()) == ["linked", "renamed"]
empty = create_dataset(name="empty", content=[])
assert empty.get_content().rows == [] or len(empty.get_content().rows) == 1
delete_dataset(name="renamed")
assert get_dataset(name="renamed") is None
new = NewDataset(name="new", content=[{"input": "x"}]).create()
new.add_rows([{"input": "y"}])
assert len(new.get_content().rows) == 2
assert new.get_versions() is not None
assert NewDataset.get(name="new").id == new.id
new.delete()

logger = GalileoLogger(project="P", log_stream="ls")
session = logger.start_session(name="s", external_id="e1")
assert GalileoLogger(project="P", log_stream="ls").start_session(external_id="e1") == session
trace = logger.start_trace(input="2+2?", name="sum", metadata={"user": "u1"}, tags=["a"])
logger.add_llm_span(input="2+2?", output="4", model="m", num_input_tokens=3, duration_ns=7)
logger.add_workflow_span(input="plan", name="plan")
logger.add_retriever_span(input="q", output=["one", "two"])
logger.conclude(output="planned")
logger.conclude(output="4", duration_ns=10)
logger.flush()
first = get_traces(project.id, log_stream_id=logger.log_stream_id).records
assert [(t.id, t.input_, t.output, t.session_id, t.tags) for t in first] == [(str(trace.id), "2+2?", "4", session, ["a"])], first
assert sorted(type(s).__name__ for s in get_spans(project.id).records) == [
    "ExtendedLlmSpanRecord", "ExtendedRetrieverSpanRecord", "ExtendedWorkflowSpanRecord"]
assert [s.id for s in get_sessions(project.id).records] == [session]

live = GalileoLogger(project="P", log_stream="live", mode="distributed")
step = live.start_trace(input="begun")
live.add_workflow_span(input="w", name="w")
live.add_tool_span(input="in", output="out", name="t")
live.conclude(output="wo")
live.conclude(output="ended")
live.terminate()
assert [(t.id, t.output) for t in get_traces(project.id, log_stream_id=live.log_stream_id).records] == [(str(step.id), "ended")]

tried = run_experiment("tried", dataset=linked, function=lambda i: str(i).upper(), project="P", experiment_tags={"k": "v"})
run_experiment("tried", dataset_name="linked", function=lambda i: "x", project="P")
assert [e.name for e in get_experiments(project_name="P")][0] == "tried" and len(get_experiments(project_name="P")) == 2
outs = get_traces(project.id, experiment_id=str(tried["experiment"].id)).records
assert sorted((t.output, t.dataset_output) for t in outs) == [("A", "x"), ("B", "y")], outs
print("all is well")
`;

test("the operations that were used", () => expectExercised("galileo", "PyPI galileo 2.7.0", towns));
