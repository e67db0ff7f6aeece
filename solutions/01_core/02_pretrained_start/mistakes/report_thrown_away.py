"""Throws the report away: half a body looks like a whole one.

caught by: test_report_names_what_stays_new
says: is None
"""


def load_body(classifier, checkpoint, head):
    body = {name: t for name, t in checkpoint.items() if not name.startswith(f"{head}.")}
    classifier.load_state_dict(body, strict=False)
