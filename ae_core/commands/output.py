"""How commands answer: results on stdout, refusals and notes on stderr."""

import json
from collections.abc import Callable, Iterable
from typing import Annotated, Any, NoReturn

import typer
from tqdm import tqdm
from typer.core import TyperGroup

from ae_core.errors import LabError
from ae_core.words import visible

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line, nothing else.")]


class LabGroup(TyperGroup):
    """Prints a refusal's text as it is: it was written for the person who meets it."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except LabError as error:
            tell(str(error))
            raise typer.Exit(2) from error


def group(help_text: str) -> typer.Typer:
    return typer.Typer(
        help=help_text,
        cls=LabGroup,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )


def tell(text: str) -> None:
    """A line on stderr; it may quote a file's or a person's words."""
    typer.echo(visible(text), err=True)


def shown_by(bar: "tqdm[NoReturn]", total: float) -> Callable[[float], None]:
    """What is to be told the share of a work that is done, 0 to 1, for `bar` to show it of `total`."""

    def show_share(share: float) -> None:
        bar.update(share * total - bar.n)

    return show_share


def show(values: dict[str, Any], as_json: bool) -> None:
    """One result: a JSON object on a line, or a name and a value on each line."""
    if as_json:
        print(json.dumps(values), flush=True)
        return
    width = max(map(len, values))
    for name, value in values.items():
        print(f"{name.replace('_', ' '):{width}}  {spoken(value)}")


def show_rows(rows: Iterable[dict[str, Any]], as_json: bool, nothing: str) -> None:
    """Several results of one kind: JSON lines, or a table; `nothing` is said where there are none."""
    rows = list(rows)
    if as_json:
        for row in rows:
            print(json.dumps(row), flush=True)
    elif rows:
        cells = [list(rows[0]), *([spoken(value) for value in row.values()] for row in rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for line in cells:
            print("  ".join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True)).rstrip())
    else:
        tell(nothing)


def spoken(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {spoken(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(spoken, value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else visible(str(value))
