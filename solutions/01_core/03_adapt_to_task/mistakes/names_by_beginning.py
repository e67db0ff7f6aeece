"""Freezes whatever begins like the name: block 1 takes blocks 10 and 11 with it.

caught by: test_frozen_are_the_named_parameters_and_no_others
says: a frozen name that also catches what only begins alike
"""


def within(name: str, whole: str) -> bool:
    """Is the parameter `name` the one called `whole`, or in the module called so?"""
    return name == whole or name.startswith(whole)
