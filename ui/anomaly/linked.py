"""What the URL of the Anomaly page holds."""

from ae_core.lessons import trials
from ae_core.studies.experiment import Experiment
from ui.anomaly import form, lessons
from ui.anomaly.trials import ANOMALIES
from ui.shell import link, shell
from ui.widgets.false_alarms import RATE


def fields(view: shell.View, experiment: Experiment | None) -> list[link.Field]:
    """experiment: the one in view."""
    digits = view.digits
    form.begin_with(experiment, digits)
    sources, tabs = trials.sources_for(digits), tuple(lessons.LESSONS)
    return [
        link.choice("anomalies", ANOMALIES, sources, "Anomalies", sources[0]),
        RATE,
        link.choice("trap", lessons.TAB, tabs, "What fools a score", tabs[0], is_control=False),
        *form.linked(digits),
    ]
