"""What is read out in place of a picture: words that say what it shows, without Markdown."""

import pytest

from ui.anomaly.strip import read_out


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        (":green[normal], with the 3 held out", "normal, with the 3 held out"),
        (":red[anomaly], with the 3 alone learned", "anomaly, with the 3 alone learned"),
        ("**Letters**: drawn in a font", "Letters: drawn in a font"),
        ("nothing to take away", "nothing to take away"),
    ],
)
def test_a_caption_is_read_out_without_its_markdown(caption, said):
    assert read_out(caption) == said
