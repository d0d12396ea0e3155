"""The workbench: a scenario as a list of edits that can be taken back, and its answer kept up."""
