"""All that the SDK's client for datasets does; prints what came of it as JSON."""

import json, os
from datetime import timezone
import pandas as pd
from arize import ArizeClient
from arize.datasets.types import AnnotateRecordInput, AnnotationInput

client = ArizeClient(api_key="key", api_host="127.0.0.1", api_scheme="http", api_port=int(os.environ["PORT"]))
d = client.datasets


def status(call):
    try:
        call()
        return 200
    except Exception as error:
        return getattr(error, "status", type(error).__name__)


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
            "refused": refused,
            "gone": gone,
        }
    )
)
