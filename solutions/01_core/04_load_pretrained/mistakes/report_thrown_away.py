"""Loads with strict=False and throws away what load_state_dict hands back.

caught by: test_one_missing_entry
says: a load whose report is thrown away
"""


def load_entries(model, state_dict, *, strict=True):
    own = model.state_dict()
    prefix = ""
    if all(name.startswith(PREFIX) for name in state_dict):
        prefix = PREFIX
    entries = {
        name.removeprefix(prefix): value for name, value in state_dict.items() if value is not None
    }
    model.load_state_dict(entries, strict=False)
    return LoadReport(prefix=prefix)
