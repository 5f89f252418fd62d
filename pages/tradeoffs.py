"""Trade-offs: what the size of the code buys and costs."""

import streamlit as st

from ae_core.words import three_digits
from ui.shell import link, shell
from ui.tradeoffs import shipped, sweep_form
from ui.tradeoffs import sweep as sweeping
from ui.widgets import show

view = shell.view()
dataset = view.digits.name
sweep = sweeping.STEERING.current()
sweep_form.begin_with(dataset, sweep)
link.adopt([*sweep_form.linked(dataset), shipped.linked(view)])
costs = shipped.costs(dataset)
dense = costs.query("architecture == 'dense'").set_index("latent_dim")["test_error"]
show.title(
    f"From {dense.index.min()} to {dense.index.max()} latent dimensions, the values in the code, the error "
    f"falls **{dense.iloc[0] / dense.iloc[-1]:.0f} times**; PCA needs about "
    f"**{shipped.components_for(dense.loc[32], dataset)} principal components** for what the network does "
    f"with 32 ({three_digits(dense.loc[32])}).",
)
shipped.show_curve(dataset, sweeping.results(sweep, dataset))
shipped.show_costs(dataset)

st.header("Try it yourself: a sweep", anchor=False)
form, progress = st.columns(2, gap="large")
with form:
    sweeping.ask(view, sweep)
with progress:
    sweeping.STEERING.choose(sweep)
    if sweep is None:
        st.info(
            "Start a sweep: its points appear on the curve above as they finish. You may leave, reload or "
            "open a second tab.",
            icon=":material/play_arrow:",
        )
    else:
        sweeping.show_progress(sweep, dataset)

st.header("The same digits at every size", anchor=False)
shipped.show_same_digits(view)

st.header("Which digits gain?", anchor=False)
shipped.show_classes(dataset)

st.header("Is more better?", anchor=False)
shipped.show_lesson(dataset)
