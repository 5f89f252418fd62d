"""The front end's file that draws charts is there under the name that browsers are given."""

from pathlib import Path

import streamlit

from ui.shell import charts


def test_the_code_of_charts_is_found_in_the_streamlit_that_is_installed():
    served = Path(streamlit.__file__).parent / "static" / "static" / "js" / charts.code()
    assert served.stat().st_size > 1_000_000


def test_a_front_end_without_it_is_no_error(tmp_path, monkeypatch):
    monkeypatch.setattr(charts.st, "__file__", str(tmp_path / "__init__.py"))
    assert charts.code.__wrapped__() is None
