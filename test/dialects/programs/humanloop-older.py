"""What the older generation does otherwise: commits, and adding to what is deployed; prints what came of it as JSON."""

import json, os
from humanloop import Humanloop
from humanloop import UnprocessableEntityError

d = Humanloop(api_key="hl_sk_1", base_url=os.environ["URL"]).datasets

def committed_before(call):
    """As programs of that time asked: may this one be passed over?"""
    try:
        call()
        return False
    except UnprocessableEntityError as error:
        return "already been committed" in error.body.detail["description"]

point = lambda n: {"inputs": {"question": f"{n}?"}, "target": {"answer": n}}
first = d.upsert(path="qa", datapoints=[point(1)], commit_message="first")
again = committed_before(lambda: d.upsert(path="qa", datapoints=[point(1)], commit_message="again"))
draft = d.upsert(path="qa", datapoints=[point(1), point(2)])
committed = d.commit(first.id, draft.version_id, commit_message="two")
twice = committed_before(lambda: d.commit(first.id, draft.version_id, commit_message="two"))
production = [one for one in d.list_environments(first.id) if one.tag == "default"][0]
d.set_deployment(first.id, production.id, version_id=first.version_id)
added = d.upsert(path="qa", action="add", datapoints=[point(9)])
csv = d.upload_csv(first.id, file=("a.csv", b"question\nx\n", "text/csv"), commit_message="from a file")
records = lambda **how: [(one.status, one.commit_message, one.datapoints and len(one.datapoints)) for one in d.list_versions(first.id, **how).records]
print(json.dumps({
    "first": [first.status, first.commit_message, first.committed_by is not None, first.committed_at is not None],
    "again": again,
    "draft": [draft.status, draft.committed_by],
    "committed": [committed.status, committed.commit_message],
    "twice": twice,
    "added": added.datapoints_count,
    "csv": [csv.datapoints_count, csv.status, csv.commit_message],
    "versions": records(include_datapoints="latest_committed"),
    "uncommitted": records(status="uncommitted"),
}))
