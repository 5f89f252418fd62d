"""Words at places of a figure. A trace's text would lie beneath the points that WebGL draws."""

from ui.shell.theme import colour


def word(x: float, y: float, text: str, *, size: int = 20, **more) -> dict:
    """Bold words with a halo, so that they are read above points; more: as plotly has them."""
    halo = ", ".join(f"{across}px {up}px 3px {colour('ground')}" for across in (-1, 1) for up in (-1, 1))
    font = {"size": size, "color": colour("text"), "shadow": halo}
    return {"x": x, "y": y, "text": f"<b>{text}</b>", "font": font, "showarrow": False} | more


def pointer(x: float, y: float, text: str) -> dict:
    """Words with an arrow from above to the place."""
    arrow = {
        "showarrow": True,
        "arrowcolor": colour("text"),
        "arrowhead": 2,
        "arrowwidth": 2,
        "ax": 0,
        "ay": -44,
    }
    return word(x, y, text, size=15, **arrow)
