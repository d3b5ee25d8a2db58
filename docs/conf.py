"""How Sphinx builds the documentation: ``make docs``."""

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
# Names in docstrings link where they can; the page does not fail where they cannot (torch, numpy).
nitpicky = False
