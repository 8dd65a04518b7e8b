"""Dashboards that come with gitops-obs, one a file, the file name being its id; the folder is the registry."""

from __future__ import annotations

from types import ModuleType

from gitops_obs.folder import Folder

ids = Folder[ModuleType](__name__, __path__).ids
