"""The list of pages."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

SIDEBAR_WIDTH = 250  # pixels: at 1024 the pages need the rest
ICON = Path(__file__).with_name("icon.png")
PAGES = Path(__file__).resolve().parent.parent.parent / "pages"
HERE = "entry"
ENTERING = "entering"


@dataclass(frozen=True)
class Entry:
    """A page. file: in `PAGES`; icon: a Material symbol; question: its title, which the page answers."""

    file: str
    name: str
    icon: str
    question: str

    @property
    def path(self) -> str:
        """In addresses. Home, the first, has none."""
        return "" if self is ENTRIES[0] else Path(self.file).stem


ENTRIES = (
    Entry("home.py", "Home", "home", "What is an autoencoder?"),
    Entry("lessons.py", "Lessons", "school", "What do you want to understand?"),
    Entry("train.py", "Train", "model_training", "How does it learn?"),
    Entry("runs.py", "Runs", "table_rows", "Which run is the best?"),
    Entry("digits.py", "Digits", "grid_view", "Which digits does it find hard?"),
    Entry("draw.py", "Draw", "draw", "Is your drawing a digit it knows?"),
    Entry("latent.py", "Latent", "scatter_plot", "What lives inside the code?"),
    Entry("tradeoffs.py", "Trade-offs", "balance", "What does a latent dimension buy?"),
    Entry("anomaly.py", "Anomaly", "notification_important", "Which threshold, and does it work?"),
    Entry("data.py", "Data", "dataset", "What does it learn from?"),
)


def pages() -> list[st.Page]:
    return [
        st.Page(
            PAGES / entry.file,
            title=entry.name,
            icon=f":material/{entry.icon}:",
            default=not entry.path,
        )
        for entry in ENTRIES
    ]


def enter() -> st.Page:
    """The page that the URL names."""
    # The tab's icon comes first: without it Streamlit fetches the page's from a server on the internet.
    st.set_page_config(page_icon=str(ICON), layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)
    page = st.navigation(pages(), position="hidden")
    entry = next(entry for entry in ENTRIES if entry.path == page.url_path)
    st.session_state[ENTERING] = is_entering() or st.session_state.get(HERE) is not entry
    st.session_state[HERE] = entry
    st.set_page_config(page_title=f"{page.title} · Autoencoder Lab")
    return page


def entered() -> None:
    """To be called once all of a page has been drawn."""
    st.session_state[ENTERING] = False


def is_entering() -> bool:
    """Whether the page that is being drawn has not been drawn whole since another was."""
    return st.session_state.get(ENTERING, False)


def here() -> Entry:
    """The page that is being drawn."""
    return st.session_state[HERE]


def links(values: dict[str, dict[str, str]]) -> None:
    """The sidebar's list of pages; values: what each page's link carries, by the page's path.

    Streamlit's own list would drop the URL's values; writing them again would take two presses of the
    browser's back button for one page.
    """
    with st.container(key="pages"):
        for page in pages():
            st.page_link(page, query_params=values.get(page.url_path, values["*"]), width="stretch")
