"""Plotly figures of a detector: its scores on both sides of a threshold, ROC curves, AUROC by part."""

from collections.abc import Mapping

import numpy as np
import pandas
import plotly.graph_objects as go

from ui.shell.theme import colour

BINS = 60
FADED = 0.4  # of bars and points that are judged rightly: what goes wrong is to meet the eye
EMPTY = 0.25  # share of an axis that may lie empty before its first score
ROOM = 0.3  # beyond the threshold, as a share of what lies before it
REACH = 0.98  # quantile of the scores that the axis reaches; what lies beyond is counted in the last bar
MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}
LINE = 24  # pixels of a part's place in a figure
AUROC = "AUROC (0.5: chance)"
SHARES = {"tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1], "range": [-0.01, 1.01]}


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
    tallest = max(
        add_bars(figure, normal, threshold, edges, "normal"),
        add_bars(figure, anomalous, threshold, edges, "anomaly"),
    )
    figure.add_vline(x=threshold, line={"width": 2, "color": colour("text")})
    name_fields(figure, threshold)
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


def add_bars(
    figure: go.Figure, scores: np.ndarray, threshold: float, edges: np.ndarray, meaning: str
) -> float:
    """Bars up for meaning "normal", down for "anomaly", solid where judged wrongly; returns the tallest."""
    is_normal = meaning == "normal"
    kind = "normal images" if is_normal else "anomalies"
    tallest = 0.0
    for is_flagged in (False, True):
        part = scores[(scores > threshold) == is_flagged]
        counts, _ = np.histogram(part.clip(edges[0], edges[-1]), edges)
        shares = counts / len(scores)
        tallest = max(tallest, float(shares.max()))
        figure.add_bar(
            x=(edges[1:] + edges[:-1]) / 2,
            y=np.where(counts, shares if is_normal else -shares, np.nan),
            width=edges[1] - edges[0],
            marker={"color": colour(meaning), "line": {"width": 0}},
            opacity=1 if is_flagged == is_normal else FADED,
            customdata=counts,
            name=kind,
            hovertemplate=f"%{{customdata:,}} {kind} near %{{x:.4g}}<extra></extra>",
        )
    return tallest


def name_fields(figure: go.Figure, threshold: float) -> None:
    """Says what each of the four fields around the threshold holds; what goes wrong is bold."""
    for text, above, right in (
        ("true negatives", True, False),
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
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        name="chance",
        line={"color": colour("reference"), "dash": "dot", "width": 1},
        hoverinfo="skip",
    )
    for title in sorted(curves, key=lambda title: title == chosen):  # the chosen one lies on top
        add_curve(figure, title, curves[title], is_chosen=title == chosen, is_reference=title in references)
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


def add_curve(
    figure: go.Figure, title: str, curve: pandas.DataFrame, *, is_chosen: bool, is_reference: bool
) -> None:
    unseen = {"marker": {"opacity": 0}}  # markers are there to be clicked
    line = (
        {"color": colour("anomaly"), "width": 3} if is_chosen else {"color": colour("reference"), "width": 1}
    )
    figure.add_scatter(
        x=curve["false_alarm_rate"],
        y=curve["detection_rate"],
        customdata=curve["threshold"].clip(-1e300) if is_chosen else None,
        mode="lines+markers" if is_chosen else "lines",
        marker={"size": 9, "opacity": 0},
        selected=unseen,
        unselected=unseen,
        name=title,
        line=line | ({"dash": "dash"} if is_reference else {}),
        opacity=1 if is_chosen else 0.7,
        hovertemplate=f"{title}<br>%{{y:.1%}} detected at %{{x:.1%}} false alarms<extra></extra>",
    )


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


def auroc_by_part(table: pandas.DataFrame) -> go.Figure:
    """AUROC of one score in each part, with its interval; table: part, auroc, low, high. The first on top."""
    figure = go.Figure(
        go.Scatter(
            x=table["auroc"],
            y=table["part"],
            error_x={
                "type": "data",
                "symmetric": False,
                "array": table["high"] - table["auroc"],
                "arrayminus": table["auroc"] - table["low"],
            },
            mode="markers",
            marker={"size": 9, "color": colour("anomaly")},
            customdata=table[["low", "high"]].to_numpy(),
            hovertemplate="%{y}: AUROC %{x:.3f}<br>95 %: %{customdata[0]:.3f} to %{customdata[1]:.3f}"
            "<extra></extra>",
        )
    )
    figure.add_vline(x=0.5, line=chance_line())
    figure.update_layout(
        height=LINE * table["part"].nunique() + 90,
        margin=MARGIN,
        xaxis={"title": AUROC, "range": [min(0.45, float(table["low"].min()) - 0.02), 1.02]},
        yaxis={"type": "category", "dtick": 1, "autorange": "reversed"},
    )
    return figure


def auroc_heatmap(areas: pandas.DataFrame) -> go.Figure:
    """AUROC by part (rows of `areas`) and score (columns); white is chance, vermillion worse than that."""
    values = areas.to_numpy(float)
    figure = go.Figure(
        go.Heatmap(
            z=values,
            x=list(areas.columns),
            y=list(areas.index),
            zmin=0,
            zmax=1,
            text=[["–" if np.isnan(value) else f"{100 * value:.0f}" for value in row] for row in values],
            texttemplate="%{text}",
            hovertemplate="%{y} by %{x}: AUROC %{z:.3f}<extra></extra>",
            showscale=False,
            colorscale=[[0, "#E8956B"], [0.5, "#FFFFFF"], [1, "#6FAFD6"]],  # light: dark figures stand out
            textfont={"color": "#14202B"},
            xgap=2,
            ygap=2,
        )
    )
    figure.update_layout(
        height=LINE * len(areas) + 120,
        margin=MARGIN,
        xaxis={"side": "top", "type": "category", "tickangle": -40, "showgrid": False},
        yaxis={"type": "category", "dtick": 1, "autorange": "reversed", "showgrid": False},
    )
    return figure


def add_chance(figure: go.Figure) -> None:
    figure.add_hline(y=0.5, line=chance_line())


def chance_line() -> dict:
    return {"color": colour("reference"), "dash": "dash", "width": 1.5}
