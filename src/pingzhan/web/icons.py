"""Pictures for groups of categories, by the codes of the catalogue that comes with the product."""

_OF_GROUP = {
    "property": "building-community",
    "housing": "home-2",
    "appearance": "building-arch",
    "waste": "trash",
    "traffic": "car",
    "noise": "volume",
    "environment": "leaf",
    "fire": "flame",
    "utility": "droplet",
    "neighbour": "users",
    "illegal": "crane",
    "care": "heart-handshake",
    "health": "stethoscope",
    "work": "briefcase",
    "education": "school",
    "animal": "paw",
    "market": "shopping-cart",
    "order": "shield",
    "service": "clipboard-text",
}


def group_icon(code: str) -> str:
    """The name of the icon of a group; one for all that are not known here."""
    return _OF_GROUP.get(code, "category")
