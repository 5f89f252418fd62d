"""Autoencoder Lab: `streamlit run app.py`."""

from ui.shell import incoming, navigation, shell

incoming.guard()
page = navigation.enter()
shell.show()
page.run()
