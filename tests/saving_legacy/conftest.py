"""What runs in another environment is no test."""

collect_ignore = ["make_fixtures.py"]
