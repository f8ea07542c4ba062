"""Reproduction: experiments of papers as files, computed trial by trial in a folder to go on with."""
