"""Mutants of a text of Python: the same text with one token or one line changed.

The operators are those of cosmic-ray, which knows nothing of what runs a mutant, and some of our
own in its form, for what learners do: a statement, an argument, a call or an index left out, two
names mixed up, a condition turned round where cosmic-ray leaves it.

Left out of cosmic-ray's are those that draw at random (VariableReplacer, VariableInserter), and
most of the eleven that each arithmetic operator can become: `+` to `>>` says nothing that `+` to
`-` and to `*` do not. `==` becomes `!=` alone: of a count, `<= 0` is the same as `== 0`. `<`
becomes what else puts in order. A sign is left out, never replaced by another.

A mutant that differs in annotations, docstrings or the part under `if __name__ == "__main__"`
alone is none: no test can tell. Nor is one that only lets arguments be handed over in another way
(cosmic-ray takes the bare star of a signature for a product), or that is not Python. What the
starter gives is left as it is: no learner writes it.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators import (
    binary_operator_replacement,
    boolean_replacer,
    break_continue,
    comparison_operator_replacement,
    exception_replacer,
    number_replacer,
    remove_decorator,
    unary_operator_replacement,
    zero_iteration_for_loop,
)
from cosmic_ray.operators.operator import Example, Operator
from parso.python.tree import Keyword, Name, String
from parso.tree import BaseNode, NodeOrLeaf


class Mutant(NamedTuple):
    """One change: by which operator, on which line (from 1), from which words to which."""

    operator: str
    line: int
    before: str
    after: str
    text: str


def mutants(text: str, given: str = "") -> list[Mutant]:
    """All mutants of `text` that a test could tell from it, each once, in the order of lines.

    Nothing is changed in what stands in `given` too, at the top level and word for word.
    """
    fixed = _given_lines(text, given)
    seen = {_what_runs(text)}
    found = []
    for operator in OPERATORS:
        for occurrence in range(len(text)):
            mutated = mutate_code(text, operator(), occurrence)
            if mutated is None:
                break
            runs = _what_runs(mutated)
            if runs and runs not in seen:
                seen.add(runs)
                place, before, after = _difference(text, mutated)
                if place in fixed:
                    continue
                found.append(Mutant(operator.__name__, place, before, after, mutated))
    return sorted(found, key=lambda mutant: mutant.line)


def _what_runs(text: str) -> str:
    """The tree of `text` without what no test can see; "" if it is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            compile(text, "mutant", "exec", dont_inherit=True)
        return ast.dump(_Bare().visit(ast.parse(text)))
    except SyntaxError:
        return ""


def _given_lines(text: str, given: str) -> set[int]:
    """The numbers of the lines of `text` whose whole statement is in `given`."""
    known = {ast.dump(statement) for statement in ast.parse(given).body}
    return {
        line
        for statement in ast.parse(text).body
        if ast.dump(statement) in known
        for line in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    }


class _Bare(ast.NodeTransformer):
    """Takes out of a tree what no test can see."""

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        node.args = node.posonlyargs + node.args + node.kwonlyargs
        node.defaults = node.defaults + [one for one in node.kw_defaults if one is not None]
        node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        # That there is one makes a field of a dataclass.
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return ast.Pass() if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST | None:
        names = (inner.id for inner in ast.walk(node.test) if isinstance(inner, ast.Name))
        return None if "__name__" in names else self.generic_visit(node)


def _difference(text: str, mutated: str) -> tuple[int, str, str]:
    """The first line that differs, from 1, as it was and as it has become."""
    # A decorator goes with the empty lines before it.
    old = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    new = [line for line in mutated.splitlines() if line.strip()]
    for (number, before), after in zip(old, [*new, ""], strict=False):
        if before != after:
            return number, before.strip(), after.strip()
    raise ValueError("the two are the same")


# ------------------------------------------------------------------ operators of our own


class Own(Operator):  # type: ignore[misc] # cosmic-ray has no types
    """An operator that can change a node in `ways(node)` ways, each a list of new children."""

    def ways(self, node: BaseNode) -> Sequence[list[NodeOrLeaf]]:
        """The children that `node` can get instead of its own, one list for each mutant."""
        raise NotImplementedError

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Any]:
        if isinstance(node, BaseNode):
            for _ in self.ways(node):
                yield node.start_pos, node.end_pos

    def mutate(self, node: BaseNode, index: int) -> BaseNode:
        node.children = self.ways(node)[index]
        return node

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return ()


def _as(text: str, leaf: NodeOrLeaf) -> NodeOrLeaf:
    """`text` in the place of `leaf`, with the white space that stood before it."""
    return Name(text, leaf.start_pos, leaf.get_first_leaf().prefix)


def _replaced(node: BaseNode, place: int, *new: NodeOrLeaf) -> list[NodeOrLeaf]:
    return [*node.children[:place], *new, *node.children[place + 1 :]]


class LeaveOutStatement(Own):
    """A statement of one line, or of several that are one, is left out."""

    def ways(self, node: BaseNode) -> Sequence[list[NodeOrLeaf]]:
        if node.type != "simple_stmt" or node.children[0].type.startswith("import"):
            return []
        return [_replaced(node, 0, _as("pass", node.children[0]))]


class LeaveOutArgument(Own):
    """A call goes without one of the arguments that it gives by name."""

    def ways(self, node: BaseNode) -> Sequence[list[NodeOrLeaf]]:
        named = [place for place, child in enumerate(node.children) if _is_named(child)]
        if node.type == "trailer":
            return [_replaced(node, place) for place in named]
        if node.type != "arglist":
            return []
        # With the comma after it; the last one leaves its comma, which may stand.
        children = node.children
        return [[*children[:place], *children[place + 2 :]] for place in named]


def _is_named(node: NodeOrLeaf) -> bool:
    return bool(node.type == "argument" and node.children[1].get_code().strip() == "=")


class LeaveOutCall(Own):
    """A method is not called, a function hands on its only argument, an index is not taken."""

    def ways(self, node: BaseNode) -> Sequence[list[NodeOrLeaf]]:
        if node.type not in ("atom_expr", "power"):
            return []
        children = node.children
        ways: list[list[NodeOrLeaf]] = []
        for place, child in enumerate(children):
            if child.type != "trailer":
                continue
            opened = child.children[0].get_code()
            if opened == "[":
                ways.append(_replaced(node, place))
            elif opened == "(" and place > 1 and _is_method(node, children[place - 1], place):
                ways.append([*children[: place - 1], *children[place + 1 :]])
            if opened == "(" and len(child.children) == 3 and _is_plain(child.children[1]):
                inside = _as(f"({child.children[1].get_code()})", children[0])
                ways.append([inside, *children[place + 1 :]])
        return ways


def _is_method(node: BaseNode, named: BaseNode, place: int) -> bool:
    """Whether what is called, `named`, is an attribute of a value, and not of a module."""
    imports = node.get_root_node().iter_imports()
    modules = {name.value for one in imports for name in one.get_defined_names()}
    called = any(child.children[0].value == "(" for child in node.children[1 : place - 1])
    of_module = not called and node.children[0].get_code().strip() in modules
    return named.children[0].get_code().strip() == "." and not of_module


def _is_plain(node: NodeOrLeaf) -> bool:
    """Whether this is one argument, given by its place."""
    return node.type not in ("argument", "arglist")


class MixUpNames(Own):
    """A parameter is read where the next one of the same function is meant."""

    def ways(self, node: BaseNode) -> Sequence[list[NodeOrLeaf]]:
        function = node.search_ancestor("funcdef", "lambdef")
        if function is None:
            return []
        names = [parameter.name.value for parameter in function.get_params()]
        ways = []
        for place, child in enumerate(node.children):
            if isinstance(child, Name) and child.value in names and _is_read(child, place):
                other = names[(names.index(child.value) + 1) % len(names)]
                ways.append(_replaced(node, place, _as(other, child)))
        return ways


def _is_read(name: Name, place: int) -> bool:
    parent = name.parent
    if parent.type in ("param", "funcdef", "lambdef") or name.is_definition():
        return False
    is_attribute = parent.type == "trailer" and parent.children[0].value == "."
    is_keyword = parent.type == "argument" and place == 0 and _is_named(parent)
    return not (is_attribute or is_keyword)


class TurnMembershipRound(Own):
    """`in` becomes `not in`, and the other way round."""

    def ways(self, node: BaseNode) -> Sequence[list[NodeOrLeaf]]:
        if node.type != "comparison":
            return []
        other = {"in": "not in", "not in": "in"}
        return [
            _replaced(node, place, _as(other[child.get_code().strip()], child))
            for place, child in enumerate(node.children)
            if child.get_code().strip() in other
        ]


class TurnConditionRound(Own):
    """The condition of a comprehension is negated."""

    def ways(self, node: BaseNode) -> Sequence[list[NodeOrLeaf]]:
        if node.type != "comp_if":
            return []
        condition = node.children[1]
        return [_replaced(node, 1, _as(f"not ({condition.get_code().strip()})", condition))]


class ReplaceText(Own):
    """A text becomes the empty one, and the empty one some."""

    def ways(self, node: BaseNode) -> Sequence[list[NodeOrLeaf]]:
        return [
            _replaced(node, place, _as('"text"' if child.value in ('""', "''") else '""', child))
            for place, child in enumerate(node.children)
            if isinstance(child, String) and node.type not in ("simple_stmt", "strings")
        ]


class ReplaceNone(Own):
    """None becomes 0."""

    def ways(self, node: BaseNode) -> Sequence[list[NodeOrLeaf]]:
        return [
            _replaced(node, place, _as("0", child))
            for place, child in enumerate(node.children)
            if isinstance(child, Keyword) and child.value == "None"
        ]


# ------------------------------------------------------------------ which ones

_ARITHMETIC = {
    "Add": ("Sub", "Mul"),
    "Sub": ("Add",),
    "Mul": ("Div", "Add"),
    "Div": ("Mul", "FloorDiv"),
    "FloorDiv": ("Div", "Mul"),
    "Mod": ("Div",),
    "Pow": ("Mul",),
    "BitOr": ("BitAnd",),
    "BitAnd": ("BitOr",),
    "BitXor": ("BitOr",),
}
_FAMILIES = ({"Eq", "NotEq"}, {"Is", "IsNot"}, {"Lt", "LtE", "Gt", "GtE"})


def _chosen() -> Iterator[type[Operator]]:
    arithmetic = {f"{old}_{new}" for old, chosen in _ARITHMETIC.items() for new in chosen}
    for operator in binary_operator_replacement.operators():
        if operator.__name__.partition("Operator_")[2] in arithmetic:
            yield operator
    for operator in comparison_operator_replacement.operators():
        _, old, new = operator.__name__.split("_")
        if any({old, new} <= family for family in _FAMILIES):
            yield operator
    for operator in unary_operator_replacement.operators():
        if operator.__name__.endswith(("Delete_USub", "Delete_Not", "Delete_Invert")):
            yield operator
    yield boolean_replacer.AddNot
    yield boolean_replacer.ReplaceTrueWithFalse
    yield boolean_replacer.ReplaceFalseWithTrue
    yield boolean_replacer.ReplaceAndWithOr
    yield boolean_replacer.ReplaceOrWithAnd
    yield break_continue.ReplaceBreakWithContinue
    yield break_continue.ReplaceContinueWithBreak
    yield exception_replacer.ExceptionReplacer
    yield number_replacer.NumberReplacer
    yield remove_decorator.RemoveDecorator
    yield zero_iteration_for_loop.ZeroIterationForLoop
    yield LeaveOutStatement
    yield LeaveOutArgument
    yield LeaveOutCall
    yield MixUpNames
    yield TurnMembershipRound
    yield TurnConditionRound
    yield ReplaceText
    yield ReplaceNone


OPERATORS: tuple[type[Operator], ...] = tuple(_chosen())
