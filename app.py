"""Autoencoder Lab: `streamlit run app.py`."""

from ui import navigation, shell

page = navigation.enter()
shell.show()
page.run()
