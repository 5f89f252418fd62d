"""What Streamlit runs for each visitor and again after each of their acts: the sidebar, and the page."""

from ui.shell import incoming, link, navigation, shell, turns

incoming.guard()
with turns.turn():
    page = navigation.enter()
    shell.show()
    page.run()
    link.write()
