"""The command line, one file a verb: it parses, calls the library and prints."""

from varigraph.cli.app import main

__all__ = ["main"]
