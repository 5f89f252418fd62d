"""What the lessons find, in words: each sentence is chosen by comparing the numbers that it is about."""

import pandas

from ae_core.lessons.ink import EMPTY, InkStudy
from ae_core.scores.metrics import turned_round
from ae_core.scores.table import KNOWN_CODES, MSE, PER_INK, SCORES
from ae_core.words import percent


def course(values: pandas.Series) -> str:
    """How `values` go as the size of the code, their rising index, grows: "falls throughout"."""
    steps, best = values.diff().iloc[1:], values.idxmax()
    if (steps > 0).all():
        return "rises throughout"
    if (steps < 0).all():
        return "falls throughout"
    if (steps[steps.index <= best] > 0).all() and (steps[steps.index > best] < 0).all():
        return f"rises to {best} dimensions, then falls"
    return f"is highest with {best} dimensions"


def below_chance(areas: pandas.Series, highs: pandas.Series | None = None) -> str:
    """Which of `areas`, AUROC by name, are below 0.5, and what that means; "" where none is.

    highs: the upper ends of their intervals, where they are known.
    """
    by_sentence: dict[str, list[str]] = {}
    for name, area in areas.items():
        sentence = turned_round(area, None if highs is None else highs[name])
        if sentence:
            by_sentence.setdefault(sentence, []).append(str(name))
    return " ".join(f"**{', '.join(names)}**: {sentence}" for sentence, names in by_sentence.items())


# -- the size of the code

WHY = "A larger code reconstructs letters better too."


def detection_by_size(areas: pandas.DataFrame) -> str:
    """areas: AUROC of letters, a row a size of the code, a column a score."""
    by_error, last = areas[MSE], areas.iloc[-1]
    best, largest = by_error.idxmax(), areas.index[-1]
    text = (
        f"Letters are told from digits best with {best} dimensions (AUROC {by_error[best]:.3f} by the mean "
        "squared error)"
    )
    if best != largest:
        text += f"; with {largest} it is {last[MSE]:.3f}. {WHY}"
    else:
        text += "."
    codes = f"by the distance to known codes it is {last[KNOWN_CODES]:.3f}"
    if last[KNOWN_CODES] > last[MSE]:
        return f"{text} The code of {largest} still knows: {codes}."
    return f"{text} The code of {largest} knows no better: {codes}."


def foreign_by_size(detection: pandas.Series) -> str:
    """detection: AUROC of letters and scribbles by the size of the code."""
    best, largest = detection.idxmax(), detection.index[-1]
    text = (
        f"letters and scribbles are told from digits best at **{best}** dimensions "
        f"(AUROC **{percent(detection[best])}**)"
    )
    if best == largest:
        return f"Detection gains too: {text}."
    return f"Detection does not follow: {text}; with {largest} it is **{percent(detection[largest])}**. {WHY}"


def corrupted_by_size(detection: pandas.Series) -> str:
    """detection: AUROC of corrupted digits by the size of the code, whose test error falls."""
    first, last = detection.iloc[0], detection.iloc[-1]
    if (detection.diff().iloc[1:] > 0).all():
        how = "are detected better the better the network reconstructs"
    elif last > first:
        how = "are detected better with the largest code than the smallest, though not with each step"
    else:
        how = "are detected no better with the largest code than with the smallest"
    return (
        f"Corrupted digits, altered by noise, blur or stray strokes, {how}: AUROC "
        f"**{percent(first)}** with {detection.index[0]} dimensions, **{percent(last)}** with "
        f"{detection.index[-1]}, over MNIST-C's corruptions of shape and ink."
    )


def best_size(foreign: pandas.Series, corrupted: pandas.Series) -> str:
    """Whether one size of the code is best for both."""
    if foreign.idxmax() == corrupted.idxmax():
        return f"For both, {foreign.idxmax()} dimensions are best."
    return "Which anomaly is meant decides."


# -- ink


def ink_in_errors(plain: InkStudy, divided: InkStudy) -> str:
    """plain: by the mean squared error; divided: by the error per ink."""
    dot, count = EMPTY[1], len(plain.scores)
    share = plain.anomalies.loc[dot, "share"]
    if share < 0.5:
        text = (
            f"The **{dot}** is no digit, yet its mean squared error is no higher than that of "
            f"**{how_many(1 - share, count)}** test digits: there is little in it to reconstruct wrongly."
        )
    else:
        text = (
            f"The **{dot}** is no digit, and its mean squared error is higher than that of "
            f"**{how_many(share, count)}** test digits: this model reconstructs most of them better than a "
            "dot."
        )
    return f"{text}{ink_of_classes(plain.by_class)}\n\n{divided_by_ink(divided)}"


def how_many(share: float, count: int) -> str:
    """In digits: a percentage is rounded to all or none of them where a few are left."""
    return f"{round(share * count):,} of {count:,}"


def ink_of_classes(by_class: pandas.DataFrame) -> str:
    """Nothing where there is one class alone."""
    thin, heavy = by_class["ink"].idxmin(), by_class["ink"].idxmax()
    if thin == heavy:
        return ""
    times = by_class.loc[heavy, "score"] / by_class.loc[thin, "score"]
    return (
        f" A **{heavy}**, the digit with the most ink, scores **{times:.1f} times** as high on average as a "
        f"**{thin}**, which has the least, and neither is an anomaly."
    )


def divided_by_ink(divided: InkStudy) -> str:
    share = divided.anomalies.loc[EMPTY[1], "share"]
    scored_lower = how_many(share, len(divided.scores))
    verdict = "it stands out" if share >= 0.5 else "it hides still"
    return (
        "Divided by the ink, the error says how much of what is there is wrong. The dot then scores higher "
        f"than **{scored_lower}**: {verdict}. A blank canvas has nothing to divide by; what "
        "becomes of it is decided by the small number that is added to the ink."
    )


# -- a digit held out


def held_out_one(areas: pandas.Series) -> str:
    """areas: AUROC of the 1, held out, by the name of the score."""
    by_error, per_ink, best = areas[MSE], areas[PER_INK], areas.idxmax()
    if by_error < 0.5:
        text = (
            "A network that has never seen a 1 reconstructs it well all the same: it is one stroke, and "
            "every other digit has such strokes. Its error is more often **lower** than a normal digit's"
        )
    else:
        text = (
            "A 1 is one stroke, and every other digit has such strokes; a network that has never seen one "
            "still gives it an error that is at least as often **higher** than a normal digit's as lower"
        )
    return (
        f"{text}: AUROC **{by_error:.3f}**, where 0.5 is chance. Divided by the ink, it is "
        f"**{per_ink:.3f}**: {mended(by_error, per_ink)}. The highest here is by "
        f"{SCORES[best].title}: **{areas[best]:.3f}**."
    )


def mended(by_error: float, per_ink: float) -> str:
    """What dividing by the ink has done."""
    if per_ink <= by_error:
        return "no gain"
    return "better, and above chance" if per_ink > 0.5 else "better, but no better than chance"
