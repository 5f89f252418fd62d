"""What a message calls a setting: by the label on the page, where the library knows a field's name."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ae_core.errors import ConfigError


@contextmanager
def labelled(labels: Mapping[str, str]) -> Iterator[None]:
    """Raises a ConfigError again with these labels, by the fields' names; for `with` and as a decorator."""
    try:
        yield
    except ConfigError as error:
        raise error.called(labels) from error
