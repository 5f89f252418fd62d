"""Plotly figures of a detector: its scores on both sides of a threshold, ROC curves, AUROC by part."""

from collections.abc import Mapping

import numpy as np
import pandas
import plotly.graph_objects as go

from ui.theme import colour

BINS = 60
FADED = 0.4  # of bars and points that are judged rightly: what goes wrong is to meet the eye
EMPTY = 0.25  # share of an axis that may lie empty before its first score
ROOM = 0.3  # beyond the threshold, as a share of what lies before it
REACH = 0.98  # quantile of the scores that the axis reaches; what lies beyond is counted in the last bar
BASELINES = ("pca_residual", "pixel_neighbour", "isolation_forest")  # scores that use no network
MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}
AUROC = "AUROC (0.5: chance)"
SHARES = {"tickformat": ".0%", "range": [-0.01, 1.01]}


def opposed_histograms(
    normal: np.ndarray, anomalous: np.ndarray, threshold: float, title: str, *, height: int = 320
) -> go.Figure:
    """Normal images by score above the axis, anomalies beneath it, each as shares of their kind.

    normal, anomalous: scores [N] and [M]; title: the score's. The threshold's line makes four fields of it;
    in the two where the verdict is wrong the bars are solid.
    """
    low, high = span(normal, anomalous, threshold)
    edges = np.linspace(low, high, BINS + 1)
    figure = go.Figure()
    tallest = 0.0
    for kind, meaning, scores, up in (
        ("normal images", "normal", normal, 1),
        ("anomalies", "anomaly", anomalous, -1),
    ):
        for is_flagged in (False, True):
            counts, _ = np.histogram(scores[(scores > threshold) == is_flagged].clip(low, high), edges)
            tallest = max(tallest, float(counts.max()) / len(scores))
            figure.add_bar(
                x=(edges[1:] + edges[:-1]) / 2,
                y=np.where(counts, up * counts / len(scores), np.nan),
                width=edges[1] - edges[0],
                marker={"color": colour(meaning), "line": {"width": 0}},
                opacity=1 if is_flagged == (meaning == "normal") else FADED,
                customdata=counts,
                name=kind,
                hovertemplate=f"%{{customdata:,}} {kind} near %{{x:.4g}}<extra></extra>",
            )
    figure.add_vline(x=threshold, line={"width": 2, "color": colour("text")})
    for text, above, right in (
        ("left alone", True, False),
        ("false alarms", True, True),
        ("missed", False, False),
        ("detected", False, True),
    ):
        figure.add_annotation(
            x=threshold,
            y=0.98 if above else 0.02,
            yref="paper",
            yanchor="top" if above else "bottom",
            xanchor="left" if right else "right",
            xshift=6 if right else -6,
            showarrow=False,
            text=f"<b>{text}</b>" if above == right else text,
            font={"color": colour("normal" if above else "anomaly")},
        )
    figure.update_layout(
        barmode="overlay",
        bargap=0,
        height=height,
        margin=MARGIN,
        showlegend=False,
        xaxis={"title": title, "range": [low, high], "showgrid": False, "zeroline": False},
        yaxis={
            "title": "anomalies  ·  normal",
            "range": [-1.2 * tallest, 1.2 * tallest],
            "showticklabels": False,
            "showgrid": False,
            "zerolinecolor": colour("reference"),
        },
    )
    return figure


def span(normal: np.ndarray, anomalous: np.ndarray, threshold: float) -> tuple[float, float]:
    """Where the axis of scores begins and ends; wide enough to draw where all scores are the same.

    It begins at 0 unless that would leave much of it empty, and leaves room for words beyond the threshold.
    """
    both = np.concatenate([normal, anomalous])
    lowest = min(float(both.min()), threshold)
    high = max(float(np.quantile(normal, REACH)), float(np.quantile(anomalous, REACH)), threshold)
    low = lowest if lowest < 0 or lowest > EMPTY * high else 0.0
    high = max(high + 0.04 * (high - low), threshold + ROOM * (threshold - low))
    return low, max(high, low + 1e-6)


def roc(
    curves: Mapping[str, pandas.DataFrame],
    chosen: str,
    point: tuple[float, float],
    references: tuple[str, ...] = (),
    *,
    height: int = 360,
) -> go.Figure:
    """Detection rate against false-alarm rate.

    curves: by title, as `roc_curve` gives them. chosen: the title of the one that counts; point: where on it
    the threshold stands; references: titles of baselines. A point of the chosen curve has its threshold as
    customdata.
    """
    figure = go.Figure()
    grey = colour("reference")
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        name="chance",
        line={"color": grey, "dash": "dot", "width": 1},
        hoverinfo="skip",
    )
    others = [title for title in curves if title != chosen]
    for title in [*others, chosen]:
        curve, is_chosen = curves[title], title == chosen
        line = {"color": colour("anomaly"), "width": 3} if is_chosen else {"color": grey, "width": 1}
        figure.add_scatter(
            x=curve["false_alarm_rate"],
            y=curve["detection_rate"],
            customdata=curve["threshold"].clip(-1e300) if is_chosen else None,
            mode="lines+markers" if is_chosen else "lines",
            marker={"size": 9, "opacity": 0},
            selected={"marker": {"opacity": 0}},
            unselected={"marker": {"opacity": 0}},
            name=title,
            line=line | ({"dash": "dash"} if title in references else {}),
            opacity=1 if is_chosen else 0.7,
            hovertemplate=f"{title}<br>%{{y:.1%}} detected at %{{x:.1%}} false alarms<extra></extra>",
        )
    figure.add_scatter(
        x=[point[0]],
        y=[point[1]],
        mode="markers",
        name="the threshold",
        marker={"size": 14, "color": colour("text"), "symbol": "circle-open", "line": {"width": 3}},
        hovertemplate="the threshold: %{y:.1%} detected at %{x:.1%} false alarms<extra></extra>",
    )
    figure.update_layout(
        height=height,
        margin=MARGIN,
        showlegend=False,
        clickmode="event+select",
        xaxis={"title": "False alarms"} | SHARES,
        yaxis={"title": "Detected"} | SHARES,
    )
    return figure


def auroc_by_label(table: pandas.DataFrame, *, height: int = 260) -> go.Figure:
    """AUROC of each kind of anomaly as bars up or down from chance; table: label, auroc, flagged, images."""
    figure = go.Figure(
        go.Bar(
            x=table["label"].astype(str),
            y=table["auroc"] - 0.5,
            base=0.5,
            marker_color=colour("anomaly"),
            customdata=table[["auroc", "flagged", "images"]].to_numpy(),
            hovertemplate="%{x}: AUROC %{customdata[0]:.3f}<br>%{customdata[1]:.1%} of %{customdata[2]:,} "
            "detected<extra></extra>",
        )
    )
    add_chance(figure)
    figure.update_layout(
        height=height,
        margin=MARGIN,
        xaxis={"title": "Anomaly", "type": "category"},
        yaxis={"title": AUROC, "range": [min(0.45, float(table["auroc"].min()) - 0.05), 1.01]},
    )
    return figure


def auroc_by_part(table: pandas.DataFrame, *, height: int = 360) -> go.Figure:
    """AUROC of one score in each part, with its interval; table: part, auroc, low, high."""
    figure = go.Figure(
        go.Scatter(
            x=table["part"],
            y=table["auroc"],
            error_y={
                "type": "data",
                "symmetric": False,
                "array": table["high"] - table["auroc"],
                "arrayminus": table["auroc"] - table["low"],
            },
            mode="markers",
            marker={"size": 9, "color": colour("anomaly")},
            customdata=table[["low", "high"]].to_numpy(),
            hovertemplate="%{x}: AUROC %{y:.3f}<br>95 %: %{customdata[0]:.3f} to %{customdata[1]:.3f}"
            "<extra></extra>",
        )
    )
    add_chance(figure)
    figure.update_layout(
        height=height,
        margin=MARGIN,
        xaxis={"type": "category", "dtick": 1},
        yaxis={"title": AUROC, "range": [min(0.45, float(table["low"].min()) - 0.02), 1.01]},
    )
    return figure


def add_chance(figure: go.Figure) -> None:
    figure.add_hline(y=0.5, line={"color": colour("reference"), "dash": "dash", "width": 1.5})
