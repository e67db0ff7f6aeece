"""Returns the checkpoint's names that have no place, and not those that stay new.

caught by: test_report_names_what_stays_new
says: what the checkpoint has and the classifier does not
"""


def load_body(classifier, checkpoint, head):
    body = {name: t for name, t in checkpoint.items() if not name.startswith(f"{head}.")}
    return classifier.load_state_dict(body, strict=False).unexpected_keys
