"""How Sphinx builds the documentation: ``make docs``."""

import inspect
from typing import Any

from torchkeras._version import __version__

project = "torchkeras"
copyright = "the torchkeras authors"
version = release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = f"torchkeras {__version__}"
exclude_patterns = ["_build"]
myst_heading_anchors = 3

# Signatures carry the types; the text need not repeat them.
autodoc_typehints = "signature"
autodoc_member_order = "alphabetical"
autodoc_default_options = {"show-inheritance": True}
napoleon_use_rtype = False
napoleon_use_ivar = True  # an attribute in a class' text, and as a property, is no duplicate
# Names in docstrings link where they can; the page does not fail where they cannot (torch, numpy).
nitpicky = False


def _class_signature(
    app: Any, what: str, name: str, item: Any, options: Any, text: str, returns: str
) -> tuple[str, str] | None:
    # Autodoc would show `__new__`'s; the constructor that counts is made out of the fields.
    return (str(inspect.signature(item)), returns) if what == "class" and text else None


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("autodoc-process-signature", _class_signature)
