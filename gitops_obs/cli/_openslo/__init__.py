"""Subcommands of `gitops-obs openslo`, one a file."""
