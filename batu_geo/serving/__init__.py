"""The workbench in a browser: a server on this computer alone, over the engine and the verbs."""
