"""Home: what an autoencoder is, in one glance."""

import streamlit as st

from ae_core.glossary import explained
from ae_core.models.build import compression_ratio
from ae_core.models.inference import encode, reconstruct
from ae_core.runs.film import film_digits
from ae_core.words import counted, percent, three_digits
from ui.home import linked, studio
from ui.pictures import mosaic
from ui.shell import link, navigation, shell
from ui.widgets import show

FALSE_ALARM_RATE = 0.05
WAYS_IN = {
    "train.py": ("Train a model", "Choose the settings, watch the loss fall and the digits form."),
    "digits.py": ("Browse the digits", "See which test digits are easy, which are hard, and how hard."),
    "draw.py": ("Draw your own", "Draw a digit, or anything else, and get a verdict on it."),
    "latent.py": (
        "Look inside the code",
        "A map of all latent codes, sliders along the principal components, interpolation.",
    ),
    "tradeoffs.py": (
        "Weigh the code",
        "What a latent dimension of 2, 8 or 64 buys, and a sweep of your own.",
    ),
    "anomaly.py": ("Catch anomalies", "Where to draw the line, what fools a score, experiments."),
}


def show_glance(view: shell.View) -> None:
    images = film_digits(view.digits)
    codes = encode(view.trained.model, images)
    reconstructions = reconstruct(view.trained.model, images)
    rows = (
        (f"**{images.shape[1] * images.shape[2]} pixels** of a test digit go in", mosaic.ink_tiles(images)),
        (
            f"a **latent code of {counted(codes.shape[1], 'value')}** is all that is kept",
            mosaic.code_tiles(codes),
        ),
        ("**784 pixels** are reconstructed from that code alone", mosaic.ink_tiles(reconstructions)),
    )
    for caption, tiles in rows:
        st.markdown(caption)
        st.image(
            mosaic.data_uri(mosaic.grid([tiles], scale=4)), width="stretch", alt=caption.replace("*", "")
        )


def show_numbers(view: shell.View) -> None:
    evaluation = view.evaluation()
    errors = view.normal(evaluation.test)["error"]
    rate = evaluation.calibrator.possible_rate(FALSE_ALARM_RATE)
    flagged = evaluation.calibrator.flags(errors, rate).mean()
    latent_dim = view.trained.config.latent_dim
    with st.container(key="pairs-numbers"):
        compression, error, false_alarms = st.columns(3)
    compression.metric(
        "Compression",
        f"{compression_ratio(view.trained.config):.3g} ×",
        help=explained(
            "Compression", f"Here 784 pixels for a latent code of {counted(latent_dim, 'value')}."
        ),
        border=True,
    )
    error.metric(
        "Test error",
        three_digits(errors.mean()),
        help=explained("Test error", f"Here {len(errors):,} {view.normal_digits}."),
        border=True,
    )
    calibration = len(evaluation.calibrator.scores)
    false_alarms.metric(
        "False alarms",
        percent(flagged),
        help=explained(
            "False alarm",
            f"Here the share of {len(errors):,} {view.normal_digits}, by this error at a false-alarm rate of "
            f"{percent(rate)}, set on {calibration:,} other digits.",
        ),
        border=True,
    )


def show_ways_in() -> None:
    for page, (title, promise) in WAYS_IN.items():
        with st.container(border=True):
            st.page_link(
                navigation.PAGES / page,
                label=f"**{title}**",
                icon=":material/arrow_forward:",
                query_params=shell.url_values(),
            )
            st.caption(promise)


view = shell.view()
link.adopt(linked.fields(view))
show.title(
    "A network that encodes a picture as a short latent code and reconstructs it from that alone. It learns "
    "what digits have in common, so **what it cannot reconstruct is unusual**: the error is an anomaly "
    "score.",
)
st.page_link(
    navigation.PAGES / "lessons.py",
    label="**New here? Take a lesson:** predict, try it, see why. Ten minutes each.",
    icon=":material/school:",
    query_params=shell.url_values(),
)
with st.container(horizontal=True, gap="medium"):
    with st.container(key="results"):
        studio.show(view)
        st.header("Ten digits, their codes, and what comes back", anchor=False)
        show_glance(view)
        with st.container(key="part-numbers"):
            show_numbers(view)
            told = f"Shown: {view.trained.title}, on the test digits of the data set {view.digits.name}."
            st.caption(told)
    with st.container(key="controls", width=260):
        show_ways_in()
