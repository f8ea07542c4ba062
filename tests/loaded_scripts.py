"""The programs below `scripts/`, which have no ending, as modules."""

import importlib.machinery
import importlib.util
from types import ModuleType

from source_files import REPOSITORY


def loaded_script(name: str) -> ModuleType:
    """The script of that name, as an import would have it: its `main` is not run."""
    loader = importlib.machinery.SourceFileLoader(name, str(REPOSITORY / "scripts" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module
