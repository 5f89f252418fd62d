"""The lab beside what others have published, and the lesson of the digit that is held out."""

import pandas
import streamlit as st

from ae_core.lessons import findings, published
from ae_core.lessons.published import Own, Published
from ae_core.scores.table import COMBINED, MSE, PER_INK, SCORES
from ae_core.studies.experiment import RECIPES, Experiment, Kind
from ae_core.studies.results import chosen_score, results
from ui.anomaly import lesson_figures
from ui.pictures.figures import QUIET
from ui.shell.theme import plain
from ui.widgets import steering

TRAP = 1  # the digit whose anomalies score lowest
OWN_SCORES = (COMBINED, PER_INK, MSE, "nap", "pixel_neighbour")
CHOSEN = "The chosen score is the one that best tells letters from normal digits: no anomaly takes part."
DIGITS = [str(digit) for digit in range(10)]


def show_table(experiment: Experiment | None) -> None:
    one_class, held_out = st.tabs(["One class", "Held-out digit"])
    with one_class:
        show_kind(Kind.ONE_CLASS, experiment)
        st.caption(
            "AUROC in percent. Trained on one digit's training images, tested on all 10,000 test images of "
            f"MNIST, of which nine digits are anomalies. {how(Kind.ONE_CLASS)}"
        )
    with held_out:
        show_kind(Kind.HELD_OUT, experiment)
        st.caption(
            "AUROC in percent. Trained on nine digits' training images, tested on all 10,000 test images, of "
            f"which the tenth digit is the anomaly. {how(Kind.HELD_OUT)}"
        )


def show_kind(kind: Kind, experiment: Experiment | None) -> None:
    """Where the lab stands, the table, and which of its own rows are turned round for some digit."""
    st.markdown(published.standing(kind))
    own, rows = published.own(kind), published.PUBLISHED[kind]
    quoted = [row(each.method, each.source, each.mean, each.by_digit) for each in rows]
    show_rows([*quoted, *own_rows(own), *visitors_row(experiment, kind)])
    for told in (what_is_unsure(rows), findings.below_chance(areas_of(own))):
        if told:
            st.caption(told)


def what_is_unsure(rows: tuple[Published, ...]) -> str:
    """What is not known of those rows of which not all is."""
    methods: dict[str, list[str]] = {}
    for each in rows:
        methods.setdefault(each.unsure, []).append(each.method)
    told = [f"**{', '.join(names)}**: {unsure}" for unsure, names in methods.items() if unsure]
    return f"{'. '.join(told)}."


def areas_of(own: Own) -> pandas.Series:
    """The areas of the lab's rows, by what they are of."""
    areas = own.areas[list(OWN_SCORES)].unstack()
    areas.index = [f"{SCORES[name].title} of the {digit}" for name, digit in areas.index]
    return areas


def row(method: str, source: str, mean: float, areas: tuple | list) -> dict:
    filled = list(areas) or [None] * len(DIGITS)
    percents = {
        digit: None if area is None else 100 * area for digit, area in zip(DIGITS, filled, strict=True)
    }
    return {"method": method, "mean": round(100 * mean + 1e-6, 1), **percents, "source": source}


def own_rows(own: Own) -> list[dict]:
    """By the score that was chosen, and by some others."""
    chosen = own.of_chosen()
    rows = [row("This lab, chosen score", own.recipe, mean_of(chosen), chosen)]
    for name in OWN_SCORES:
        areas = own.areas[name].tolist()
        rows.append(row(f"This lab, {lowered(SCORES[name].title)}", own.recipe, mean_of(areas), areas))
    return rows


def lowered(title: str) -> str:
    """A title within a sentence; an abbreviation stays as it is."""
    return title if title[:2].isupper() else title[0].lower() + title[1:]


def mean_of(areas: list[float]) -> float:
    return sum(areas) / len(areas)


def visitors_row(experiment: Experiment | None, kind: Kind) -> list[dict]:
    """The experiment in view, once it has done all ten digits of full MNIST in this protocol."""
    if experiment is None or experiment.config.kind != kind or experiment.config.dataset != "mnist":
        return []
    table = results(steering.store(), experiment)
    areas = table[table["score"] == chosen_score(table)].groupby("digit")["auroc"].mean()
    if len(areas) < len(DIGITS) or areas.isna().any():
        return []
    return [row("Your experiment, chosen score", experiment.title(), float(areas.mean()), areas.tolist())]


def show_rows(rows: list[dict]) -> None:
    numbers = {name: st.column_config.NumberColumn(name, format="%.1f") for name in DIGITS}
    st.dataframe(
        pandas.DataFrame(rows),
        hide_index=True,
        height="content",
        placeholder="–",
        column_config=numbers
        | {
            "method": st.column_config.TextColumn("Method", pinned=True, width=190, help=CHOSEN),
            "mean": st.column_config.NumberColumn("Mean", format="%.1f"),
            "source": "Source or recipe",
        },
    )


def how(kind: Kind) -> str:
    return (
        f"The lab's rows come from `{published.COMMAND}`; start the same here with every digit of full MNIST "
        f"and latent dimension {RECIPES[kind].model.latent_dim}, and your row joins them."
    )


# -- the lesson


def show_trap(experiment: Experiment | None) -> None:
    """Digit 1 held out: what its error says of it, and what other scores say."""
    areas, where = held_out_areas(experiment)
    by_digit, by_score = st.columns(2, gap="medium")
    with by_digit:
        st.markdown("**By the mean squared error**, each digit held out in turn")
        st.plotly_chart(
            lesson_figures.areas_from_chance(areas[MSE].dropna().rename(index=str), "Held-out digit"),
            key="trap by digit",
            config=QUIET,
            alt="AUROC of the mean squared error for each held-out digit",
        )
    of_trap = areas.loc[TRAP].dropna().sort_values()
    with by_score:
        st.markdown(f"**The {TRAP} held out**, by each score")
        st.plotly_chart(
            lesson_figures.areas_by_score(
                of_trap.rename(index={name: SCORES[name].title for name in areas.columns})
            ),
            key="trap by score",
            config=QUIET,
            alt=f"AUROC of each score with the {TRAP} held out",
        )
    st.markdown(findings.held_out_one(of_trap))
    st.caption(where)


def held_out_areas(experiment: Experiment | None) -> tuple[pandas.DataFrame, str]:
    """AUROC by digit and score, from the experiment in view where it has held out the 1; and where from."""
    if experiment is not None and experiment.config.kind == Kind.HELD_OUT:
        table = results(steering.store(), experiment)
        areas = table.pivot_table(index="digit", columns="score", values="auroc")
        if TRAP in areas.index and areas.reindex(columns=[MSE, PER_INK]).loc[TRAP].notna().all():
            return areas, f"From the experiment in view: {plain(experiment.title())}."
    own = published.own(Kind.HELD_OUT)
    return own.areas, f"Measured by `{published.COMMAND}`: {own.recipe}."
