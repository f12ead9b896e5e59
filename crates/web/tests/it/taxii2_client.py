"""Drives an office with taxii2-client 2.3: python taxii2_client.py URL USER PASSWORD.

Expects 25 tools and two versions of one indicator in `cyber`, and the right to file there.
"""

import sys

import requests
from taxii2client.v21 import ApiRoot, Collection, Server, as_pages

url, user, password = sys.argv[1:]
INDICATOR = "indicator--00000000-0000-4000-8000-000000000001"
OWN = "malware--00000000-0000-4000-8000-0000000000aa"


def check(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: found {found!r}, expected {expected!r}")


def ids(envelope):
    return [one["id"] for one in envelope.get("objects", [])]


def gone(call):
    try:
        call()
    except requests.HTTPError as error:
        return error.response.status_code
    return None


server = Server(f"{url}/taxii2/", user=user, password=password)
check("title", server.title, "North Atlantic Treaty Organization, office Tokyo")
check("roots", len(server.api_roots), 1)
root = server.default
check("default", root.url, f"{url}/taxii2/tokyo/")
check("versions", root.versions, ["application/taxii+json;version=2.1"])
check("length", root.max_content_length, 10 * 1024 * 1024)
again = ApiRoot(f"{url}/taxii2/tokyo/", user=user, password=password)
check("root", again.title, "Tokyo")
check("collections", [one.title for one in root.collections], ["Cyber"])
cyber = Collection(root.collections[0].url, user=user, password=password)
check("rights", (cyber.can_read, cyber.can_write), (True, True))
check("alias", cyber.alias, "cyber")
check("media types", cyber.media_types, ["application/stix+json;version=2.1"])

pages = list(as_pages(cyber.get_objects, per_request=7))
check("pages", [len(ids(page)) for page in pages], [7, 7, 7, 5])
check("all once", len({one for page in pages for one in ids(page)}), 26)
heads = [one for page in as_pages(cyber.get_manifest, per_request=10) for one in page["objects"]]
check("manifest", [one["id"] for one in heads], [one for page in pages for one in ids(page)])
check("whole", len(ids(cyber.get_objects())), 26)

check("types", ids(cyber.get_objects(type="indicator")), [INDICATOR])
check("types", len(ids(cyber.get_objects(type=["indicator", "tool"]))), 26)
check("id", ids(cyber.get_objects(id=INDICATOR)), [INDICATOR])
check("versions", len(ids(cyber.get_objects(id=INDICATOR, version="all"))), 2)
check("spec", ids(cyber.get_objects(spec_version="2.0")), [])
check("after", ids(cyber.get_objects(added_after=heads[-2]["date_added"])), [INDICATOR])
check("after", ids(cyber.get_objects(added_after=heads[-1]["date_added"])), [])

one = cyber.get_object(INDICATOR)
check("object", one["objects"][0]["modified"], "2024-01-01T00:00:02.000Z")
check("object", len(ids(cyber.get_object(INDICATOR, version="all"))), 2)
check(
    "object versions",
    cyber.object_versions(INDICATOR)["versions"],
    ["2024-01-01T00:00:01.000Z", "2024-01-01T00:00:02.000Z"],
)
check("absent", gone(lambda: cyber.get_object(OWN)), 404)

malware = {
    "type": "malware",
    "spec_version": "2.1",
    "id": OWN,
    "created": "2024-01-01T00:00:00.000Z",
    "modified": "2024-01-01T00:00:00.000Z",
    "name": "own",
    "is_family": False,
}
status = cyber.add_objects({"objects": [malware]}, wait_for_completion=True, poll_interval=0.1)
check("status", (status.status, status.total_count, status.success_count), ("complete", 1, 1))
polled = root.get_status(status.id)
check("polled", (polled.status, polled.success_count), ("complete", 1))
check("own", ids(cyber.get_object(OWN)), [OWN])
cyber.delete_object(OWN)
check("deleted", gone(lambda: cyber.get_object(OWN)), 404)
check("deleted", len(ids(cyber.get_objects())), 26)

try:
    Server(f"{url}/taxii2/", user=user, password="wrong").title
    sys.exit("a wrong password came in")
except requests.HTTPError as error:
    check("wrong password", error.response.status_code, 401)
print("all went well")
