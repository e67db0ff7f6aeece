"""Reports the head alone, and says nothing of a body that came in part.

caught by: test_report_names_what_stays_new
says: the head alone reported
"""


def load_body(classifier, checkpoint, head):
    body = {name: t for name, t in checkpoint.items() if not name.startswith(f"{head}.")}
    classifier.load_state_dict(body, strict=False)
    return [name for name in classifier.state_dict() if name.startswith(f"{head}.")]
