"""Looks up every name of the body, and fails where the checkpoint lacks one.

caught by: test_report_names_what_stays_new
says: every name of one side demanded from the other
"""


@torch.no_grad()
def load_body(classifier, checkpoint, head):
    new = []
    for name, entry in classifier.state_dict().items():
        if name.startswith(f"{head}."):
            new.append(name)
        else:
            entry.copy_(checkpoint[name])
    return new
