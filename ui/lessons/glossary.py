"""The glossary: every term, what it means, its formula and where it is met."""

import streamlit as st

from ae_core.glossary import Term

NEW_LINE = "\n"


def show(terms: tuple[Term, ...]) -> None:
    """In alphabetical order, those that contain what is looked for."""
    wanted = st.text_input(
        "Look for", key="term", placeholder="such as latent", icon=":material/search:", width=300
    )
    found = [
        each for each in sorted(terms, key=lambda each: each.term.lower()) if wanted.lower() in told(each)
    ]
    if not found:
        st.info(f"None of the {len(terms)} terms has that in it.")
    for each in found:
        formula = rf"  {NEW_LINE}$\displaystyle {each.formula}$" if each.formula else ""
        page = f" :gray[({each.page})]" if each.page else ""
        st.markdown(f"**{each.term}** · {each.means}{page}{formula}")


def told(term: Term) -> str:
    return f"{term.term} {term.means}".lower()
