"""Returns what was copied, where what stays new was asked for.

caught by: test_report_names_what_stays_new
says: a list of what was copied
"""


def load_body(classifier, checkpoint, head):
    body = {name: t for name, t in checkpoint.items() if not name.startswith(f"{head}.")}
    missing = classifier.load_state_dict(body, strict=False).missing_keys
    return [name for name in classifier.state_dict() if name not in missing]
