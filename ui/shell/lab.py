"""What Streamlit runs for each visitor and again after each of their acts: sidebar, reminder, page."""

from ui.shell import incoming, link, navigation, running_lesson, share, shell, turns, visitors

incoming.guard()
visitors.arrive()
with turns.turn():
    page = navigation.enter()
    link.begin()
    shell.show()
    running_lesson.remind(page, shell.url_values())
    page.run()
    navigation.entered()
    link.write()
    share.ask()
