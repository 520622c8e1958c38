"""All that the SDK's client for datasets does, in the current generation; prints what came of it as JSON."""

import json, os
from humanloop import Humanloop
from humanloop.core.api_error import ApiError

client = Humanloop(api_key="hl_sk_1", base_url=os.environ["URL"])
d = client.datasets

def status(call):
    try:
        call()
        return 200
    except ApiError as error:
        return error.status_code

point = lambda n: {
    "inputs": {"question": f"{n}?", "deep": {"n": n}},
    "messages": [{"role": "user", "content": "Hi"}],
    "target": {"answer": n, "half": n / 2},
}
first = d.upsert(path="py/qa", datapoints=[point(1), point(2), point(1)], version_name="v1", attributes={"by": "py"}, include_datapoints=True)
same = d.upsert(path="py/qa", action="add", datapoints=[])
second = d.upsert(id=first.id, action="add", datapoints=[point(3)], version_description="three")
third = d.upsert(path="py/qa", action="remove", version_id=first.version_id, datapoints=[point(1)])
csv = d.upload_csv(id=first.id, file=("a.csv", b"question,target\nx,y\n", "text/csv"), version_name="csv", version_id=third.version_id)
renamed = d.update_dataset_version(first.id, second.version_id, name="v2", description="named")
environments = d.list_environments(first.id)
deployed = d.set_deployment(first.id, environments[0].id, version_id=second.version_id)
default = d.get(first.id)
refused = [
    status(lambda: d.upsert(path="py/qa", datapoints=[], version_name="v1")),
    status(lambda: d.get("ds_none")),
    status(lambda: d.get(first.id, environment="nowhere")),
    status(lambda: d.delete_dataset_version(first.id, second.version_id)),
    status(lambda: client.prompts.list()),
]
d.remove_deployment(first.id, environments[0].id)
d.delete_dataset_version(first.id, third.version_id)
versions = d.list_versions(first.id, include_datapoints="latest_saved").records
d.upsert(path="py/other", datapoints=[])
listed = [one.path for one in d.list(size=1, sort_by="name", order="asc", name="")]
points = [one.inputs["question"] for one in d.list_datapoints(first.id, size=1, version_id=second.version_id)]
moved = d.move(first.id, name="moved")
by_path = client.files.retrieve_by_path(path="py/moved")
files = client.files.list_files(path="py", type=["dataset", "prompt"])
made = client.directories.create(path="py dir/in")
tree = client.directories.get("root")
client.directories.update(made.id, name="out")
paths = [one.path for one in client.directories.list()]
d.delete(first.id)
print(json.dumps({
    "first": [first.datapoints_count, [p.target for p in first.datapoints], first.attributes, first.version_name, str(first.created_at.tzinfo)],
    "same": same.version_id == first.version_id,
    "second": [second.datapoints_count, second.version_description],
    "third": third.datapoints_count,
    "csv": [csv.datapoints_count, csv.version_name],
    "renamed": [renamed.version_name, renamed.version_description],
    "environments": [(one.name, one.tag) for one in environments],
    "deployed": [one.name for one in deployed.environments],
    "default": default.version_id == second.version_id,
    "refused": refused,
    "versions": [(one.version_name, one.datapoints_count, one.datapoints and len(one.datapoints)) for one in versions],
    "listed": listed,
    "points": points,
    "moved": [moved.path, moved.id == first.id, by_path.id == first.id],
    "files": [files.total, files.records[0].path],
    "tree": [[one.name for one in tree.subdirectories], paths],
    "gone": status(lambda: d.get(first.id)),
}))
