"""Data: what the models learn from and are tested on, and data sets of one's own."""

import streamlit as st

from ui.data import about, classes, duplicates, numbers, own
from ui.shell import link, shell
from ui.widgets import show

view = shell.view()
digits = view.digits
link.adopt(classes.linked())
show.title(numbers.answer(digits))
own.tell_imported(digits.name)
numbers.show(digits)
about.show(digits)

st.header("The classes, their means and some of their images", anchor=False)
classes.show(view)

st.header("Is the test apart from the training?", anchor=False)
duplicates.show(digits)

st.header("Use your own", anchor=False)
own.show()
