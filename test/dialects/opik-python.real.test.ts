/** The official Python SDK of Opik, unchanged, against a server over real HTTP: whole walks, and what came of them. */
import { expect, test } from "vitest";
import { findings } from "../sync/town.js";
import { expectExercised } from "./exercise.js";
import { pythonSdk } from "./sdks.js";
import { Town } from "./town.js";

const python = pythonSdk("opik==2.0.40");
const minutes = 60_000;
const pythonTowns: Town[] = [];

async function runPython(program: string, prefix = "/opik/api"): Promise<{ town: Town; out: string }> {
  const town = await Town.open();
  const { url, close } = await town.listen();
  const environment = {
    OPIK_URL_OVERRIDE: `${url}${prefix}`,
    OPIK_TRACK_DISABLE: "false",
    OPIK_CONSOLE_LOGGING_LEVEL: "ERROR",
    OPIK_SENTRY_ENABLE: "false",
  };
  const { status, stdout, stderr } = await python(program, environment);
  expect(status, stderr + stdout).toBe(0);
  await close();
  pythonTowns.push(town);
  return { town, out: stdout };
}

test(
  "Python: datasets, items, versions",
  async () => {
    const { out, town } = await runPython(datasetsProgram);
    expect(out).toContain("all is well");
    expect(await findings(town.repo)).toEqual([]);
  },
  3 * minutes,
);

const datasetsProgram = `
import json, opik, tempfile, os
client = opik.Opik()
client.auth_check()
ds = client.get_or_create_dataset("py", description="desc")
items = [{"q": f"q{i}", "n": i, "one": 1.0, "big": 2**60 + i, "nothing": None, "deep": {"a": [1, 2.5, "\\u00e9"]}} for i in range(1500)]
ds.insert(items)
got = ds.get_items()
assert [g["n"] for g in got] == list(reversed(range(1500))), [g["n"] for g in got][:5]
first = got[-1]
assert type(first["one"]) is float and first["one"] == 1.0, first
assert first["big"] == 2**60 and first["nothing"] is None and first["deep"] == {"a": [1, 2.5, "\\u00e9"]}, first
again = client.get_dataset("py")
again.insert(items[:10])
assert again.dataset_items_count == 1500, again.dataset_items_count
assert again.get_current_version_name() == "v1", again.get_current_version_name()
assert client.get_dataset("PY").id == ds.id
found = ds.get_items(filter_string='data.q = "q7"')
assert [f["n"] for f in found] == [7], found
ds.update([{"id": got[0]["id"], "q": "changed"}])
assert ds.get_items(1)[0]["q"] == "changed"
ds.delete([got[1]["id"]])
info = ds.get_version_info()
assert (info.version_name, info.items_total, info.items_deleted, info.is_latest) == ("v3", 1499, 1, True), info
old = ds.get_version_view("v1")
assert len(old.get_items()) == 1500 and old.items_total == 1500
assert json.loads(old.to_json())[0]["n"] == 1499
path = os.path.join(tempfile.mkdtemp(), "x.jsonl")
open(path, "w").write('{"q": "line"}\\n{"q": "line2"}\\n')
ds.read_jsonl_from_file(path)
assert ds.get_items(2)[0]["q"] == "line2"
ds.insert_from_json('[{"q": "json", "skip": 1}]', ignore_keys=["skip"])
assert ds.get_items(1)[0]["q"] == "json"
try:
    client.create_dataset("py")
    raise SystemExit("a taken name must be refused")
except opik.rest_api.core.api_error.ApiError as error:
    assert error.status_code == 409, error
assert [d.name for d in client.get_datasets()] == ["py"]
rest = client.rest_client.datasets
version = rest.list_dataset_versions(ds.id).content[-1]
rest.create_version_tag(ds.id, version.version_hash, tag="golden set")
assert rest.list_dataset_versions(ds.id).content[-1].tags == ["golden set"]
restored = rest.restore_dataset_version(ds.id, version_ref="golden set")
assert restored.items_total == 1500 and restored.version_name == "v6", restored
rest.delete_version_tag(ds.id, version.version_hash, "golden set")
ds.clear()
assert ds.get_items() == []
client.delete_dataset("py")
try:
    client.get_dataset("py")
    raise SystemExit("a deleted dataset must be gone")
except opik.rest_api.core.api_error.ApiError as error:
    assert error.status_code == 404, error
client.end()
print("all is well")
`;

test(
  "Python: an evaluation, its experiment, a test suite",
  async () => {
    const { out } = await runPython(evaluationProgram, "/opik/api");
    expect(out).toContain("all is well");
  },
  3 * minutes,
);

const evaluationProgram = `
import opik
from opik.evaluation import evaluate
from opik.evaluation.metrics import Equals
client = opik.Opik()
ds = client.create_dataset("qa")
ds.insert([{"input": "a", "reference": "A"}, {"input": "b", "reference": "B"}])
result = evaluate(dataset=ds, task=lambda item: {"output": "A"}, scoring_metrics=[Equals(name="equals")], experiment_name="trial", task_threads=1, verbose=0)
client.flush()
experiment = client.get_experiment_by_name("trial")
rows = {item.dataset_item_data["input"]: item for item in experiment.get_items()}
assert sorted(rows) == ["a", "b"], rows
assert rows["a"].evaluation_task_output == {"output": "A"}, rows["a"]
assert [s["value"] for s in rows["a"].feedback_scores] == [1.0] and [s["value"] for s in rows["b"].feedback_scores] == [0.0], rows
assert [e.name for e in client.get_dataset_experiments("qa")] == ["trial"]
suite = client.create_test_suite("suite", description="d", global_assertions=["is polite"], global_execution_policy={"runs_per_item": 2, "pass_threshold": 1}, tags=["t"])
suite.insert([{"data": {"q": "one"}, "assertions": ["is short"]}, {"data": {"q": "two"}}])
assert [i["data"]["q"] for i in suite.get_items()] == ["two", "one"], suite.get_items()
assert suite.get_global_assertions() == ["is polite"]
assert suite.get_global_execution_policy() == {"runs_per_item": 2, "pass_threshold": 1}
assert [s.name for s in client.get_test_suites()] == ["suite"]
client.delete_test_suite("suite")
client.end()
print("all is well")
`;

test("what PyPI opik used", () => expectExercised("opik", "PyPI opik 2.0.40", pythonTowns));
