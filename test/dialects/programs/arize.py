"""All that the SDK's client for datasets does; prints what came of it as JSON."""

import json
from datetime import timezone
import pandas as pd
from arize import ArizeClient
from arize.annotation_configs.types import CategoricalAnnotationValue
from arize.datasets.types import AnnotateRecordInput, AnnotationInput
from arize.experiments.evaluators.types import EvaluationResult
from arize.experiments.types import ExperimentTaskFieldNames

client = ArizeClient(api_key="key", enable_caching=False)
d = client.datasets


def status(call):
    try:
        call()
        return 200
    except Exception as error:
        return getattr(error, "status", type(error).__name__)


def unwrapped(configs):
    return [getattr(one, "actual_instance", one) for one in configs]


def columns(page):
    return [example.additional_properties for example in page.examples]


spaces = client.spaces.list().spaces
space = client.spaces.get(space="my space")
first = d.create(
    name="py qa",
    space="my space",
    examples=[{"question": "1?", "n": 1, "half": 0.5}, {"question": "2?", "deep": {"list": [1, None, True]}}],
    force_http=True,
)
frame = d.create(name="py frame", space=space.id, examples=pd.DataFrame([{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]))
listed = d.list(space="my space", name="PY")
got = d.get(dataset="py qa", space="my space")
version = got.versions[0]
page = d.list_examples(dataset="py qa", space="my space")
ids = [example.id for example in page.examples]
appended = d.append_examples(dataset=first.id, examples=[{"question": "3?"}, {"question": "3?"}])
small = d.list_examples(dataset=first.id, limit=3)
rest = d.list_examples(dataset=first.id, limit=3, cursor=small.pagination.next_cursor)
in_place = d.update_examples(dataset=first.id, examples=[{"id": ids[0], "n": 10, "more": "yes"}, {"id": "nobody", "n": 0}])
second = d.update_examples(
    dataset=first.id, dataset_version_id=version.id, examples=[{"id": ids[1], "question": "two?"}], new_version="second"
)
d.annotate_examples(
    dataset=first.id,
    annotations=[
        AnnotateRecordInput(
            record_id=ids[0],
            values=[AnnotationInput(name="quality", score=0.5, label="good"), AnnotationInput(name="note", text="well")],
        )
    ],
)
d.annotate_examples(
    dataset=first.id,
    annotations=[AnnotateRecordInput(record_id=ids[0], values=[AnnotationInput(name="quality", label="better")])],
)
deleted = d.delete_examples(
    dataset=first.id, dataset_version_id=second.dataset_version_id, examples=[appended.example_ids[0], "nobody"]
)
old = d.list_examples(dataset=first.id, dataset_version_id=version.id)
new = d.list_examples(dataset=first.id)
renamed = d.update(dataset=first.id, name="py renamed")
versions = d.get(dataset=first.id).versions

e = client.experiments


def task(dataset_row):
    return dataset_row["question"] + "!"


def marked(output):
    return EvaluationResult(score=1, label="good")


qa = d.create(name="py tasks", space="my space", examples=[{"question": "1?"}, {"question": "2?"}])
asked = {one.id: one.additional_properties["question"] for one in d.list_examples(dataset=qa.id).examples}
run, _ = e.run(name="run 1", dataset="py tasks", space="my space", task=task, evaluators=[marked], force_http=True)
runs = e.list_runs(experiment="run 1", dataset=qa.id).experiment_runs
e.append_runs(experiment=run.id, experiment_runs=[{"example_id": next(iter(asked)), "output": "more"}])
e.annotate_runs(
    experiment=run.id, annotations=[AnnotateRecordInput(record_id=runs[0].id, values=[AnnotationInput(name="q", score=1)])]
)
own = e.create(
    name="own",
    dataset=qa.id,
    experiment_runs=[{"ex": one, "answer": "x"} for one in asked],
    task_fields=ExperimentTaskFieldNames(example_id="ex", output="answer"),
)
e.delete(experiment=own.id)
all_runs = e.list_runs(experiment=run.id).experiment_runs
experiments = [
    [one.name for one in e.list(dataset="py tasks", space="my space").experiments],
    len(all_runs),
    all_runs[0].annotations[0].name == "q" and e.get(experiment=run.id).dataset_id == qa.id,
    status(lambda: e.get(experiment=own.id)),
]

a = client.annotation_configs
score = a.create_continuous(name="score", space="my space", minimum_score=0, maximum_score=1)
score = a.update_continuous(annotation_config="score", space="my space", maximum_score=5)
a.create_categorical(name="label", space="my space", values=[CategoricalAnnotationValue(label="good", score=1)])
a.create_freeform(name="notes", space="my space")
a.get(annotation_config="notes", space="my space")
a.delete(annotation_config="notes", space="my space")
a.delete(annotation_config=score.id)
configs = [[score.name, score.maximum_score], [one.name for one in unwrapped(a.list(space="my space").annotation_configs)]]

team = client.spaces.create(name="team", organization_id="any", description="ours")
team = client.spaces.update(space="team", name="crew")
client.spaces.delete(space="crew")

try:
    d.list_examples(dataset=first.id, all=True)
    flight = "served"
except Exception as error:
    flight = [type(error).__name__, "force_http" in str(error.__cause__.__cause__)]
refused = [
    status(lambda: d.create(name="py frame", space="my space", examples=[{"a": 1}])),
    status(lambda: d.create(name="py new", space="nowhere", examples=[{"a": 1}])),
    status(lambda: d.create(name="py new", space="my space", examples=[{"id": "mine", "a": 1}])),
    status(lambda: d.update_examples(dataset=first.id, examples=[{"id": ids[0], "n": 1}], new_version="second")),
    status(lambda: d.get(dataset="RGF0YXNldDoxOm5vYm9keQ==")),
]
d.delete(dataset=first.id)
gone = status(lambda: d.get(dataset=first.id))
print(
    json.dumps(
        {
            "spaces": [one.name for one in spaces],
            "first": [first.name, first.space_id == space.id, str(first.created_at.tzinfo or timezone.utc)],
            "frame": columns(d.list_examples(dataset=frame.id)),
            "listed": sorted(one.name for one in listed.datasets),
            "got": [one.name for one in got.versions],
            "page": columns(page),
            "appended": [len(set(appended.example_ids)), appended.dataset_version_id == version.id],
            "pages": [columns(small), small.pagination.has_more, columns(rest), rest.pagination.has_more],
            "in_place": [in_place.dataset_version_id == version.id, in_place.example_ids == [ids[0]]],
            "second": second.dataset_version_id != version.id,
            "deleted": [deleted.completed, deleted.deleted_example_ids == [appended.example_ids[0]], deleted.not_deleted_example_ids],
            "old": columns(old),
            "new": columns(new),
            "annotations": [
                {"name": one.name, "score": one.score, "label": one.label, "text": one.text, "email": one.annotator.email}
                for one in new.examples[0].annotations
            ],
            "renamed": renamed.name,
            "versions": [one.name for one in versions],
            "experiment": [
                run.name,
                run.dataset_id == qa.id,
                sorted([asked[one.example_id], one.output, one.additional_properties["eval.marked.score"]] for one in runs),
            ],
            "experiments": experiments,
            "configs": configs,
            "team": [team.name, team.description],
            "flight": flight,
            "refused": refused,
            "gone": gone,
        }
    )
)
